/* layout_test.c - compiled, never run: what C99 makes of the structs that cross the border. A line
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

HOLDS(driver_struct_size_place, offsetof(kameng_sql_driver, struct_size) == 0);
HOLDS(driver_dialect_place, offsetof(kameng_sql_driver, dialect) == 8);
HOLDS(driver_user_place, offsetof(kameng_sql_driver, user) == 16);
HOLDS(driver_acquire_place, offsetof(kameng_sql_driver, acquire) == 16 + sizeof(void*));
HOLDS(driver_release_place, offsetof(kameng_sql_driver, release) == 16 + 2 * sizeof(void*));
HOLDS(driver_in_transaction_place,
      offsetof(kameng_sql_driver, in_transaction) == 16 + 3 * sizeof(void*));
HOLDS(driver_execute_place, offsetof(kameng_sql_driver, execute) == 16 + 4 * sizeof(void*));
HOLDS(driver_changes_place, offsetof(kameng_sql_driver, changes) == 16 + 5 * sizeof(void*));
HOLDS(driver_prepare_place, offsetof(kameng_sql_driver, prepare) == 16 + 6 * sizeof(void*));
HOLDS(driver_bind_null_place, offsetof(kameng_sql_driver, bind_null) == 16 + 7 * sizeof(void*));
HOLDS(driver_bind_int64_place, offsetof(kameng_sql_driver, bind_int64) == 16 + 8 * sizeof(void*));
HOLDS(driver_bind_double_place, offsetof(kameng_sql_driver, bind_double) == 16 + 9 * sizeof(void*));
HOLDS(driver_bind_bytes_place, offsetof(kameng_sql_driver, bind_bytes) == 16 + 10 * sizeof(void*));
HOLDS(driver_step_place, offsetof(kameng_sql_driver, step) == 16 + 11 * sizeof(void*));
HOLDS(driver_column_kind_place,
      offsetof(kameng_sql_driver, column_kind) == 16 + 12 * sizeof(void*));
HOLDS(driver_column_int64_place,
      offsetof(kameng_sql_driver, column_int64) == 16 + 13 * sizeof(void*));
HOLDS(driver_column_bytes_place,
      offsetof(kameng_sql_driver, column_bytes) == 16 + 14 * sizeof(void*));
HOLDS(driver_reset_place, offsetof(kameng_sql_driver, reset) == 16 + 15 * sizeof(void*));
HOLDS(driver_finalize_place, offsetof(kameng_sql_driver, finalize) == 16 + 16 * sizeof(void*));
HOLDS(driver_constraint_place, offsetof(kameng_sql_driver, constraint) == 16 + 17 * sizeof(void*));
HOLDS(driver_destroy_place, offsetof(kameng_sql_driver, destroy) == 16 + 18 * sizeof(void*));
HOLDS(driver_size, sizeof(kameng_sql_driver) == 16 + 19 * sizeof(void*));

/* The functions can be called with these types from C. */
kameng_status layout_test_open(const kameng_host* host, kameng_engine* engine);
kameng_status layout_test_open(const kameng_host* host, kameng_engine* engine) {
  kameng_result result = 0;
  kameng_status status = kameng_open("{}", 2, host, engine, &result);
  kameng_result_free(result);
  return status;
}
