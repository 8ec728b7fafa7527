/* An outside program on the installed C functions. */
#include <stdio.h>
#include <string.h>

#include <kameng.h>

int main(void) {
  const char* config = "{\"storage\":{\"driver\":\"sqlite\",\"path\":\":memory:\"}}";
  const char* context = "{\"as\":\"host\"}";
  kameng_engine engine;
  kameng_result result;
  kameng_status status = kameng_open(config, strlen(config), NULL, &engine, &result);
  if (status == KAMENG_OK) {
    kameng_result_free(result);
    status = kameng_call(engine, "system.health", context, strlen(context), NULL, 0, &result);
  }
  puts(status == KAMENG_OK ? "C API: installed and working" : kameng_result_json(result));
  kameng_result_free(result);
  kameng_close(engine);
  return status == KAMENG_OK ? 0 : 1;
}
