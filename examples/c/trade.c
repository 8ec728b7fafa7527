/* trade.c - one sale from beginning to end, in memory, by the C interface alone.
 *
 *     build/release/examples/kameng_trade_c
 *
 * A host has a JSON library; this one looks for `"name":"` in the answers, which is enough here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kameng.h>
#include <kameng_operations.h>

static const char* const host = "{\"as\":\"host\"}";
static const char* const nobody = "{}";

/* The answer of one operation, to be freed; an error ends the program. */
static kameng_result call(kameng_engine engine, const char* operation, const char* context,
                          const char* request) {
  kameng_result result;
  if (kameng_call(engine, operation, context, strlen(context), request, strlen(request), &result) !=
      KAMENG_OK) {
    fprintf(stderr, "%s: %s\n", operation, kameng_result_json(result));
    exit(1);
  }
  return result;
}

/* Copies the text member `name` out of an answer. */
static void read_text(kameng_result answer, const char* name, char text[64]) {
  char key[64];
  const char* found;
  snprintf(key, sizeof key, "\"%s\":\"", name);
  found = strstr(kameng_result_json(answer), key);
  if (found == NULL || sscanf(found + strlen(key), "%63[^\"]", text) != 1) {
    fprintf(stderr, "no %s in %s\n", name, kameng_result_json(answer));
    exit(1);
  }
}

/* As call(), and keeps one text of the answer. */
static void call_for(kameng_engine engine, const char* operation, const char* context,
                     const char* request, const char* name, char text[64]) {
  kameng_result answer = call(engine, operation, context, request);
  read_text(answer, name, text);
  kameng_result_free(answer);
}

/* A category, goods with one SKU, and two codes for it. */
static void stock_shop(kameng_engine engine, char sku[64]) {
  char category[64], goods[64], request[512];
  kameng_result answer;
  call_for(engine, KAMENG_OP_CATEGORY_CREATE, host, "{\"name\":\"Game cards\"}", "category_id",
           category);
  snprintf(request, sizeof request,
           "{\"category_id\":\"%s\",\"name\":\"Star Coins\",\"skus\":[{\"name\":\"100 coins\","
           "\"unit_price_micros\":9990000,\"currency\":\"CNY\"}]}",
           category);
  answer = call(engine, KAMENG_OP_GOODS_CREATE, host, request);
  read_text(answer, "goods_id", goods);
  read_text(answer, "sku_id", sku);
  kameng_result_free(answer);
  snprintf(request, sizeof request, "{\"sku_id\":\"%s\",\"content\":\"STAR-0001\\nSTAR-0002\\n\"}",
           sku);
  kameng_result_free(call(engine, KAMENG_OP_CODE_IMPORT, host, request));
  snprintf(request, sizeof request, "{\"goods_id\":\"%s\"}", goods);
  kameng_result_free(call(engine, KAMENG_OP_GOODS_PUBLISH, host, request));
}

/* A guest orders and pays; the codes are delivered with the notice. */
static void sell(kameng_engine engine, const char* sku) {
  char order[64], secret[64], trade[64], request[1024];
  kameng_result answer;

  /* [readme] */
  snprintf(request, sizeof request,
           "{\"lines\":[{\"sku_id\":\"%s\",\"quantity\":1}],\"pay\":{\"provider\":\"sandbox\"}}",
           sku);
  answer = call(engine, "order.place", "{\"ip\":\"203.0.113.7\"}", request);
  read_text(answer, "order_id", order);
  read_text(answer, "lookup_secret", secret); /* opens a guest's order; shown here alone */
  read_text(answer, "out_trade_no", trade);
  kameng_result_free(answer);
  /* The provider's signed notice: its headers and body go in as they came. */
  snprintf(request, sizeof request, "{\"out_trade_no\":\"%s\"}", trade);
  answer = call(engine, "sandbox.pay", host, request);
  snprintf(request, sizeof request, "{\"provider\":\"sandbox\",%s", kameng_result_json(answer) + 1);
  kameng_result_free(answer);
  kameng_result_free(call(engine, "notice.receive", nobody, request));
  snprintf(request, sizeof request, "{\"order_id\":\"%s\",\"lookup_secret\":\"%s\"}", order,
           secret);
  answer = call(engine, "code.reveal", nobody, request);
  /* [/readme] */
  printf("order %s\n%s\n", order, kameng_result_json(answer));
  kameng_result_free(answer);
}

int main(void) {
  const char* const config =
      "{\"storage\":{\"driver\":\"sqlite\",\"path\":\":memory:\"},"
      "\"providers\":{\"sandbox\":{\"enabled\":true}},\"require\":[\"order.place\"]}";
  char sku[64];
  kameng_engine engine;
  kameng_result result;
  if (kameng_open(config, strlen(config), NULL, &engine, &result) != KAMENG_OK) {
    fprintf(stderr, "%s\n", kameng_result_json(result));
    return 1;
  }
  kameng_result_free(result);
  stock_shop(engine, sku);
  sell(engine, sku);
  return kameng_close(engine) == KAMENG_OK ? 0 : 1;
}
