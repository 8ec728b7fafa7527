/* sqlite_driver.c - see sqlite_driver.h. */
#include "sqlite_driver.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_MAX 8

struct site_database {
  pthread_mutex_t mutex; /* of the idle connections */
  sqlite3* idle[IDLE_MAX];
  int idle_count;
  char path[1024];
};

/* The transaction that the site has open on this thread. */
static _Thread_local site_database* own_database = NULL;
static _Thread_local sqlite3* own_connection = NULL;

static int32_t outcome_of(int code) {
  switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_DONE:
      return KAMENG_SQL_OK;
    case SQLITE_ROW:
      return KAMENG_SQL_ROW;
    case SQLITE_BUSY:
      /* What this transaction has read is no longer the newest: it can never write. */
      return code == SQLITE_BUSY_SNAPSHOT ? KAMENG_SQL_CONFLICT : KAMENG_SQL_BUSY;
    case SQLITE_LOCKED:
    case SQLITE_SCHEMA:
      return KAMENG_SQL_CONFLICT;
    case SQLITE_CONSTRAINT:
      return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
                     code == SQLITE_CONSTRAINT_ROWID
                 ? KAMENG_SQL_UNIQUE
             : code == SQLITE_CONSTRAINT_FOREIGNKEY ? KAMENG_SQL_FOREIGN_KEY
                                                    : KAMENG_SQL_CHECK;
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
      return KAMENG_SQL_CHECK;
    case SQLITE_FULL:
      return KAMENG_SQL_FULL;
    case SQLITE_READONLY:
      return KAMENG_SQL_READ_ONLY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return KAMENG_SQL_CORRUPT;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return KAMENG_SQL_CANNOT_OPEN;
    case SQLITE_IOERR:
      return KAMENG_SQL_IO;
    case SQLITE_INTERRUPT:
      return KAMENG_SQL_INTERRUPTED;
    case SQLITE_NOMEM:
      return KAMENG_SQL_OUT_OF_MEMORY;
    default:
      return KAMENG_SQL_MISUSE;
  }
}

int site_run(sqlite3* connection, const char* sql) {
  int code = SQLITE_OK;
  while (code == SQLITE_OK && *sql != '\0') {
    sqlite3_stmt* statement = NULL;
    code = sqlite3_prepare_v2(connection, sql, -1, &statement, &sql);
    while (code == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW) {
      /* Rows are passed over. */
    }
    if (code == SQLITE_OK) {
      code = sqlite3_finalize(statement); /* tells how the last step ended */
    }
  }
  return code;
}

/* What kameng expects of every connection to SQLite. */
static int configure(sqlite3* connection) {
  sqlite3_extended_result_codes(connection, 1);
  sqlite3_busy_timeout(connection, 100);
  return site_run(connection,
                  "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                  "PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF;"
                  "PRAGMA temp_store=MEMORY");
}

static int take(site_database* database, sqlite3** connection) {
  int code;
  *connection = NULL;
  pthread_mutex_lock(&database->mutex);
  if (database->idle_count > 0) {
    *connection = database->idle[--database->idle_count];
  }
  pthread_mutex_unlock(&database->mutex);
  if (*connection != NULL) {
    return SQLITE_OK;
  }
  code = sqlite3_open(database->path, connection);
  if (code == SQLITE_OK) {
    code = configure(*connection);
  }
  if (code != SQLITE_OK) {
    sqlite3_close(*connection);
    *connection = NULL;
  }
  return code;
}

static void give_back(site_database* database, sqlite3* connection) {
  int kept = 0;
  pthread_mutex_lock(&database->mutex);
  /* One whose rollback failed is not used again. */
  if (database->idle_count < IDLE_MAX && sqlite3_get_autocommit(connection)) {
    database->idle[database->idle_count++] = connection;
    kept = 1;
  }
  pthread_mutex_unlock(&database->mutex);
  if (!kept) {
    sqlite3_close(connection);
  }
}

site_database* site_open(const char* path) {
  site_database* database = calloc(1, sizeof *database);
  if (database != NULL && strlen(path) < sizeof database->path) {
    strcpy(database->path, path);
    pthread_mutex_init(&database->mutex, NULL);
    return database;
  }
  free(database);
  return NULL;
}

void site_close(site_database* database) {
  while (database->idle_count > 0) {
    sqlite3_close(database->idle[--database->idle_count]);
  }
  pthread_mutex_destroy(&database->mutex);
  free(database);
}

sqlite3* site_begin(site_database* database) {
  sqlite3* connection;
  if (take(database, &connection) != SQLITE_OK) {
    return NULL;
  }
  /* IMMEDIATE: kameng will write, and must be the only one who does. */
  if (site_run(connection, "BEGIN IMMEDIATE") != SQLITE_OK) {
    give_back(database, connection);
    return NULL;
  }
  own_database = database;
  own_connection = connection;
  return connection;
}

static int end(site_database* database, const char* sql) {
  sqlite3* const connection = own_connection;
  const int code = site_run(connection, sql);
  if (code != SQLITE_OK && !sqlite3_get_autocommit(connection)) {
    site_run(connection, "ROLLBACK");
  }
  own_database = NULL;
  own_connection = NULL;
  give_back(database, connection);
  return code;
}

int site_commit(site_database* database) {
  return end(database, "COMMIT");
}

void site_rollback(site_database* database) {
  end(database, "ROLLBACK");
}

/* The slots. `user` is the database, a connection is a sqlite3, a statement a sqlite3_stmt. */

static int32_t acquire(void* user, int64_t timeout_ms, void** connection, int32_t* joined) {
  sqlite3* taken;
  int code;
  (void)timeout_ms; /* there is always another connection to be had */
  if (own_database == user) {
    *connection = own_connection;
    *joined = 1;
    return KAMENG_SQL_OK;
  }
  code = take(user, &taken);
  *connection = taken;
  return outcome_of(code);
}

static void release(void* user, void* connection) {
  if (connection != own_connection) {
    give_back(user, connection);
  }
}

static int32_t in_transaction(void* user, void* connection) {
  (void)user;
  return sqlite3_get_autocommit(connection) == 0;
}

static int32_t execute(void* user, void* connection, const char* sql, size_t size) {
  (void)user, (void)size;
  return outcome_of(site_run(connection, sql));
}

static int64_t changes(void* user, void* connection) {
  (void)user;
  return sqlite3_changes64(connection);
}

static int32_t prepare(void* user, void* connection, const char* sql, size_t size,
                       void** statement) {
  sqlite3_stmt* prepared = NULL;
  const int code = sqlite3_prepare_v2(connection, sql, (int)size + 1, &prepared, NULL);
  (void)user;
  *statement = prepared;
  return outcome_of(code);
}

static int32_t bind_null(void* user, void* statement, int32_t index) {
  (void)user;
  return outcome_of(sqlite3_bind_null(statement, index));
}

static int32_t bind_int64(void* user, void* statement, int32_t index, int64_t value) {
  (void)user;
  return outcome_of(sqlite3_bind_int64(statement, index, value));
}

static int32_t bind_double(void* user, void* statement, int32_t index, double value) {
  (void)user;
  return outcome_of(sqlite3_bind_double(statement, index, value));
}

static int32_t bind_bytes(void* user, void* statement, int32_t index, int32_t kind,
                          const void* data, size_t size) {
  (void)user;
  return outcome_of(
      kind == KAMENG_SQL_TEXT
          ? sqlite3_bind_text64(statement, index, data, size, SQLITE_TRANSIENT, SQLITE_UTF8)
          : sqlite3_bind_blob64(statement, index, data, size, SQLITE_TRANSIENT));
}

static int32_t step(void* user, void* statement) {
  (void)user;
  return outcome_of(sqlite3_step(statement));
}

static int32_t column_kind(void* user, void* statement, int32_t column) {
  (void)user;
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return KAMENG_SQL_INT64;
    case SQLITE_FLOAT:
      return KAMENG_SQL_DOUBLE;
    case SQLITE_TEXT:
      return KAMENG_SQL_TEXT;
    case SQLITE_BLOB:
      return KAMENG_SQL_BLOB;
    default:
      return KAMENG_SQL_NULL;
  }
}

static int64_t column_int64(void* user, void* statement, int32_t column) {
  (void)user;
  return sqlite3_column_int64(statement, column);
}

static const void* column_bytes(void* user, void* statement, int32_t column, size_t* size) {
  /* The text first: asking for it settles how many bytes there are. */
  const void* const data = sqlite3_column_type(statement, column) == SQLITE_TEXT
                               ? (const void*)sqlite3_column_text(statement, column)
                               : sqlite3_column_blob(statement, column);
  (void)user;
  *size = (size_t)sqlite3_column_bytes(statement, column);
  return data;
}

static int32_t reset(void* user, void* statement) {
  (void)user;
  sqlite3_reset(statement); /* tells once more how the last step ended */
  return KAMENG_SQL_OK;
}

static void finalize(void* user, void* statement) {
  (void)user;
  sqlite3_finalize(statement);
}

/* "UNIQUE constraint failed: kameng_order.number" gives the name alone. */
static const char* constraint(void* user, void* connection) {
  static const char mark[] = "constraint failed: ";
  const char* const found = strstr(sqlite3_errmsg(connection), mark);
  (void)user;
  return found != NULL ? found + sizeof mark - 1 : NULL;
}

kameng_sql_driver site_driver(site_database* database) {
  kameng_sql_driver driver;
  memset(&driver, 0, sizeof driver);
  driver.struct_size = sizeof driver;
  driver.dialect = KAMENG_SQL_SQLITE;
  driver.user = database;
  driver.acquire = acquire;
  driver.release = release;
  driver.in_transaction = in_transaction;
  driver.execute = execute;
  driver.changes = changes;
  driver.prepare = prepare;
  driver.bind_null = bind_null;
  driver.bind_int64 = bind_int64;
  driver.bind_double = bind_double;
  driver.bind_bytes = bind_bytes;
  driver.step = step;
  driver.column_kind = column_kind;
  driver.column_int64 = column_int64;
  driver.column_bytes = column_bytes;
  driver.reset = reset;
  driver.finalize = finalize;
  driver.constraint = constraint;
  return driver;
}
