/* layout_test.c - compiled, never run: what C99 makes of the struct that crosses the border. A line
 * that changes here is a break for every program that is already compiled. */
#include <stddef.h>

#include <kameng.h>

/* C99 has no static assertion; an array of negative size does not compile. */
#define HOLDS(name, condition) typedef char holds_##name[(condition) ? 1 : -1]

HOLDS(status_is_four_bytes, sizeof(kameng_status) == 4);
HOLDS(engine_is_eight_bytes, sizeof(kameng_engine) == 8);
HOLDS(result_is_eight_bytes, sizeof(kameng_result) == 8);

HOLDS(struct_size_place, offsetof(kameng_host, struct_size) == 0);
HOLDS(user_place, offsetof(kameng_host, user) == 8);
HOLDS(now_ms_place, offsetof(kameng_host, now_ms) == 8 + sizeof(void*));
HOLDS(random_place, offsetof(kameng_host, random) == 8 + 2 * sizeof(void*));
HOLDS(log_place, offsetof(kameng_host, log) == 8 + 3 * sizeof(void*));
HOLDS(load_key_place, offsetof(kameng_host, load_key) == 8 + 4 * sizeof(void*));
HOLDS(destroy_place, offsetof(kameng_host, destroy) == 8 + 5 * sizeof(void*));
HOLDS(host_size, sizeof(kameng_host) == 8 + 6 * sizeof(void*));

/* The functions can be called with these types from C. */
kameng_status layout_test_open(const kameng_host* host, kameng_engine* engine);
kameng_status layout_test_open(const kameng_host* host, kameng_engine* engine) {
  kameng_result result = 0;
  kameng_status status = kameng_open("{}", 2, host, engine, &result);
  kameng_result_free(result);
  return status;
}
