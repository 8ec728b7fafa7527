/* host_connection.c - a site's row and a kameng order, committed together or not at all.
 *
 *     build/release/examples/kameng_host_connection
 *
 * The site keeps its own connections to its own SQLite file (sqlite_driver.h); kameng's tables live
 * in that file too. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kameng.h>
#include <kameng_operations.h>

#include "sqlite_driver.h"

static const char* const host = "{\"as\":\"host\"}";

static void fail(const char* what, const char* why) {
  fprintf(stderr, "%s: %s\n", what, why);
  exit(1);
}

/* Runs one operation and copies the text member `name` of its answer. */
static void call(kameng_engine engine, const char* operation, const char* context,
                 const char* request, const char* name, char text[64]) {
  char key[64];
  const char* found;
  kameng_result result;
  if (kameng_call(engine, operation, context, strlen(context), request, strlen(request), &result) !=
      KAMENG_OK) {
    fail(operation, kameng_result_json(result));
  }
  snprintf(key, sizeof key, "\"%s\":\"", name);
  found = strstr(kameng_result_json(result), key);
  if (name[0] != '\0' && (found == NULL || sscanf(found + strlen(key), "%63[^\"]", text) != 1)) {
    fail(name, kameng_result_json(result));
  }
  kameng_result_free(result);
}

static void run(sqlite3* connection, const char* sql) {
  if (site_run(connection, sql) != SQLITE_OK) {
    fail(sql, sqlite3_errmsg(connection));
  }
}

/* Goods with two codes, and a customer with money. */
static void stock_shop(kameng_engine engine, char sku[64], char customer[64]) {
  char category[64], goods[64], account[64], unused[64], request[512];
  call(engine, KAMENG_OP_CATEGORY_CREATE, host, "{\"name\":\"Game cards\"}", "category_id",
       category);
  snprintf(request, sizeof request,
           "{\"category_id\":\"%s\",\"name\":\"Star Coins\",\"skus\":[{\"name\":\"100 coins\","
           "\"unit_price_micros\":9990000,\"currency\":\"CNY\"}]}",
           category);
  call(engine, KAMENG_OP_GOODS_CREATE, host, request, "goods_id", goods);
  snprintf(request, sizeof request, "{\"goods_id\":\"%s\"}", goods);
  call(engine, KAMENG_OP_GOODS_GET, host, request, "sku_id", sku);
  snprintf(request, sizeof request, "{\"sku_id\":\"%s\",\"content\":\"STAR-0001\\nSTAR-0002\\n\"}",
           sku);
  call(engine, KAMENG_OP_CODE_IMPORT, host, request, "", unused);
  snprintf(request, sizeof request, "{\"goods_id\":\"%s\"}", goods);
  call(engine, KAMENG_OP_GOODS_PUBLISH, host, request, "", unused);
  call(engine, KAMENG_OP_ACCOUNT_REGISTER, host,
       "{\"email\":\"li@example.com\",\"password\":\"correct horse\"}", "account_id", account);
  snprintf(request, sizeof request,
           "{\"account_id\":\"%s\",\"amount\":{\"amount\":5000,\"currency\":\"CNY\"},"
           "\"source\":\"bank\",\"reason\":\"transfer\"}",
           account);
  call(engine, KAMENG_OP_WALLET_CREDIT, host, request, "", unused);
  snprintf(customer, 64, "%s", account);
}

/* The site's row and the order, in the site's transaction. */
static void buy(kameng_engine engine, sqlite3* connection, const char* sku, const char* context,
                char order[64]) {
  char request[256], row[256];
  /* [docs] */
  snprintf(request, sizeof request,
           "{\"lines\":[{\"sku_id\":\"%s\",\"quantity\":1}],\"pay\":{\"provider\":\"wallet\"}}",
           sku);
  call(engine, KAMENG_OP_ORDER_PLACE, context, request, "order_id", order);
  snprintf(row, sizeof row, "INSERT INTO site_sale (order_id, visit) VALUES ('%s', 42)", order);
  run(connection, row);
  /* [/docs] */
}

static int count(sqlite3* connection, const char* table) {
  char sql[64];
  int rows = -1;
  sqlite3_stmt* statement = NULL;
  snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table);
  if (sqlite3_prepare_v2(connection, sql, -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW) {
    rows = sqlite3_column_int(statement, 0);
  }
  sqlite3_finalize(statement);
  return rows;
}

static void print_counts(site_database* site, const char* when) {
  sqlite3* const connection = site_begin(site);
  printf("%s: %d rows of the site, %d orders\n", when, count(connection, "site_sale"),
         count(connection, "kameng_order"));
  site_rollback(site);
}

static void trade(kameng_engine engine, site_database* site) {
  char sku[64], account[64], context[128], order[64], request[128];
  sqlite3* connection;
  kameng_result result;
  stock_shop(engine, sku, account);
  snprintf(context, sizeof context, "{\"as\":\"host\",\"account_id\":\"%s\"}", account);

  connection = site_begin(site);
  buy(engine, connection, sku, context, order);
  site_rollback(site);
  print_counts(site, "after the rollback");

  connection = site_begin(site);
  buy(engine, connection, sku, context, order);
  /* A code that was shown cannot be taken back, so it is not shown before the commit. */
  snprintf(request, sizeof request, "{\"order_id\":\"%s\"}", order);
  if (kameng_call(engine, KAMENG_OP_CODE_REVEAL, context, strlen(context), request, strlen(request),
                  &result) == KAMENG_OK) {
    fail("code.reveal", "a code was shown inside the transaction");
  }
  printf("before the commit: %s\n", kameng_result_json(result));
  kameng_result_free(result);
  if (site_commit(site) != SQLITE_OK) {
    fail("commit", "refused");
  }
  print_counts(site, "after the commit");
  call(engine, KAMENG_OP_CODE_REVEAL, context, request, "text", order);
  printf("the code: %s\n", order);
}

static void use(const char* folder) {
  static const char* const files[] = {"site.db", "site.db-wal", "site.db-shm", "key"};
  char path[512], config[1024];
  kameng_engine engine;
  kameng_result result;
  kameng_sql_driver driver;
  site_database* site;
  sqlite3* connection;
  size_t file;
  snprintf(path, sizeof path, "%s/site.db", folder);
  site = site_open(path);
  connection = site_begin(site);
  run(connection, "CREATE TABLE site_sale (order_id TEXT PRIMARY KEY, visit INTEGER)");
  site_commit(site);

  driver = site_driver(site);
  if (kameng_register_sql_driver("site", &driver, &result) != KAMENG_OK) {
    fail("register", kameng_result_json(result));
  }
  kameng_result_free(result);
  snprintf(config, sizeof config,
           "{\"storage\":{\"driver\":\"site\"},"
           "\"vault\":{\"key_file\":\"%s/key\",\"create\":true}}",
           folder);
  if (kameng_open(config, strlen(config), NULL, &engine, &result) != KAMENG_OK) {
    fail("open", kameng_result_json(result));
  }
  kameng_result_free(result);
  trade(engine, site);
  kameng_close(engine);
  kameng_register_sql_driver("site", NULL, NULL);
  site_close(site);
  for (file = 0; file < sizeof files / sizeof files[0]; ++file) {
    snprintf(path, sizeof path, "%s/%s", folder, files[file]);
    unlink(path);
  }
}

int main(void) {
  char folder[] = "/tmp/kameng-example-XXXXXX";
  if (mkdtemp(folder) == NULL) {
    fail(folder, "no such folder");
  }
  use(folder);
  return rmdir(folder);
}
