/* kameng.h - the engine for every language that can call C.
 *
 *   kameng_engine engine;
 *   kameng_result result;
 *   if (kameng_open(config, strlen(config), NULL, &engine, &result) != KAMENG_OK) { ... }
 *   kameng_result_free(result);
 *   kameng_call(engine, "system.health", NULL, 0, NULL, 0, &result);
 *   puts(kameng_result_json(result));
 *
 * A host calls an operation by its name and hands over two documents: the context (who asks, from
 * where, the idempotency key) and the request. It gets back one result, which is a status and one
 * document.
 *
 * Conventions. Each sentence has a test in tests/capi/conventions_test.cpp.
 *
 *  1. A document is one JSON object in UTF-8, given as pointer and size, and need not end in NUL.
 *  2. A NULL document of size 0 is the empty object; a NULL document of any other size is
 *     KAMENG_MISUSE.
 *  3. What a host passes in is borrowed until the function returns; the library keeps no pointer to
 *     it.
 *  4. Every function that takes a kameng_result pointer writes a result to it, whether it succeeds
 *     or fails.
 *  5. The document of a failed call is {"error":{"status":...,"reason":...,"message":...}};
 *     programs branch on status and reason, and the message is for people.
 *  6. A NULL result pointer is allowed: the status alone is returned and the document is dropped.
 *  7. Where memory for a result cannot be had the result is 0, and the status is
 *     KAMENG_OUT_OF_MEMORY.
 *  8. A result belongs to the caller and is freed once; its text lives until then and is wiped.
 *  9. Handles are numbers: 0 is none, and one that is dead, made up or of the other kind is
 *     KAMENG_MISUSE, never a crash.
 * 10. An engine may be used by any number of threads at once; a result by one thread at a time.
 * 11. The library starts no threads, prints nothing, never aborts and lets no C++ exception out.
 * 12. After fork() every call on an engine of the parent is KAMENG_MISUSE in the child, which opens
 *     an engine of its own.
 * 13. A slot that opens, calls or closes an engine, or registers a driver, gets KAMENG_MISUSE.
 * 14. Functions, statuses and the slots of structs are added, never changed or renumbered.
 */
#ifndef KAMENG_H
#define KAMENG_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define KAMENG_API __attribute__((visibility("default")))
#else
#define KAMENG_API
#endif
#if defined(__cplusplus)
#define KAMENG_NOEXCEPT noexcept
extern "C" {
#else
#define KAMENG_NOEXCEPT
#endif

/* The functions and slots this header declares. Goes up by one whenever some are added. */
#define KAMENG_API_VERSION 3

/* How a call ended. A number, never an enum, so that a new status does not change the type. */
typedef int32_t kameng_status;

#define KAMENG_OK 0                  /* The call did what was asked. */
#define KAMENG_INVALID_ARGUMENT 1    /* The request itself is wrong; field names where. */
#define KAMENG_NOT_FOUND 2           /* No such thing, or it is somebody else's. */
#define KAMENG_ALREADY_EXISTS 3      /* A thing with this name is already there. */
#define KAMENG_FAILED_PRECONDITION 4 /* The state of things forbids it. */
#define KAMENG_PERMISSION_DENIED 5   /* The caller may not do this. */
#define KAMENG_UNAUTHENTICATED 6     /* The caller is not known; sign in first. */
#define KAMENG_RESOURCE_EXHAUSTED 7  /* A rate limit or a quota is used up. */
#define KAMENG_ABORTED 8             /* Lost a race; repeat with the same key. */
#define KAMENG_UNAVAILABLE 9         /* Storage or another party does not answer now. */
#define KAMENG_DEADLINE_EXCEEDED 10  /* timeout_ms ran out. */
#define KAMENG_UNIMPLEMENTED 11      /* This library does not have the operation. */
#define KAMENG_DATA_LOSS 12          /* Stored data cannot be read back. */
#define KAMENG_INTERNAL 13           /* A fault of the engine. */
#define KAMENG_MISUSE 14             /* The calling program broke a rule of the interface. */
#define KAMENG_INCOMPATIBLE 15       /* Library, database or caller are of unlike versions. */
#define KAMENG_OUT_OF_MEMORY 16      /* Memory could not be had. */

/* Handles. 0 is none. Positive as signed 64-bit numbers, so that every language can hold them. */
typedef uint64_t kameng_engine;
typedef uint64_t kameng_result;

/* The levels of the log slot. */
#define KAMENG_LOG_ERROR 0
#define KAMENG_LOG_WARNING 1
#define KAMENG_LOG_INFO 2
#define KAMENG_LOG_DEBUG 3
#define KAMENG_LOG_TRACE 4

/* What a host may give an engine. Zero the struct, set struct_size to sizeof(kameng_host), fill
 * what is wanted; the struct itself is copied by kameng_open. A NULL slot means the system's own.
 * New slots are appended in later releases: those a caller's smaller struct does not have read as
 * NULL, and a slot that this library does not know must be zero.
 *
 * now_ms, random and log are called from whichever thread is inside the engine, several at once,
 * and must be ready for that. No slot may call the engine, throw, or jump out. */
typedef struct kameng_host {
  uint64_t struct_size;
  void* user; /* handed to every slot */

  /* The time of business: milliseconds since 1970-01-01 UTC. */
  int64_t (*now_ms)(void* user);

  /* Fills size unpredictable bytes and returns 0. Anything else makes the engine draw these bytes
   * from the system. */
  int32_t (*random)(void* user, uint8_t* bytes, size_t size);

  /* One line for the operator, without a line break and not ending in NUL. Never holds a code, key,
   * password or token. */
  void (*log)(void* user, int32_t level, const char* line, size_t size);

  /* Writes the master key and returns 0; anything else means there is none. Called by kameng_open,
   * on its thread. */
  int32_t (*load_key)(void* user, uint8_t key[32]);

  /* Called exactly once when the engine needs `user` no more: by the kameng_close that ends it, or
   * by the kameng_open that failed. Never for a shared engine, which lives as long as the process,
   * and never when struct_size is wrong. */
  void (*destroy)(void* user);
} kameng_host;

/* Opens an engine.
 *
 * - config: a document; docs/CONFIG.md lists the keys. With "share": true there is one engine in
 *   the process for equal config bytes, storage path and host: it is found if it is open, each
 *   opening gets a handle of its own, and closing the last leaves it open until the process ends.
 * - host: NULL, or what the host gives the engine.
 * - engine: receives the handle, 0 on failure. Must not be NULL.
 * - result: receives {} or an error document.
 *
 * Fails with the reasons config.*, storage.*, vault.* and engine.* that docs/CONFIG.md explains,
 * and here with MISUSE call.null_argument, call.size_invalid, host.struct_size, engine.reentered
 * and INCOMPATIBLE host.unknown_slot. Any thread. */
KAMENG_API kameng_status kameng_open(const char* config, size_t config_size,
                                     const kameng_host* host, kameng_engine* engine,
                                     kameng_result* result) KAMENG_NOEXCEPT;

/* Ends a handle: waits for the calls that are running on it, then frees the engine unless it is
 * shared. Calls that begin later get MISUSE. Closing 0 does nothing. In a child of fork() it only
 * forgets the handle: nothing is written, waited for or called. Returns MISUSE for a handle that is
 * not an open engine's, and from inside a slot. Any thread. */
KAMENG_API kameng_status kameng_close(kameng_engine engine) KAMENG_NOEXCEPT;

/* Runs one operation.
 *
 * - operation: its name, ending in NUL: "order.place". kameng_describe() lists all.
 * - context: a document: who asks ("as", "token", "account_id"), from where, "idempotency_key",
 *   "timeout_ms", "locale". Written by the host itself; never forward a browser's text here.
 * - request: a document: the operation's own fields. A browser's text may be forwarded as it is.
 * - result: receives the operation's answer or an error document.
 *
 * Fails with the reasons the operation declares, those of every operation (docs/api), and here with
 * MISUSE call.null_argument, call.size_invalid, handle.dead, handle.wrong_kind, engine.reentered
 * and engine.used_after_fork. Any thread. */
KAMENG_API kameng_status kameng_call(kameng_engine engine, const char* operation,
                                     const char* context, size_t context_size, const char* request,
                                     size_t request_size, kameng_result* result) KAMENG_NOEXCEPT;

/* Answers one HTTP request, {"method","target","headers","body","remote_ip",...}; the result is
 * {"status","headers","body"}, to be sent as it is. docs/GATEWAY.md has the members and the routes.
 * What the client did wrong is in the answer. Fails with what the host did wrong: INVALID_ARGUMENT
 * http.remote_ip, http.body_twice, field.*, document.*, and MISUSE as kameng_call. Any thread. */
KAMENG_API kameng_status kameng_http(kameng_engine engine, const char* request,
                                     size_t request_size, kameng_result* result) KAMENG_NOEXCEPT;

/* What a slot of kameng_sql_driver comes to. An unknown number is taken for KAMENG_SQL_MISUSE. */
#define KAMENG_SQL_OK 0             /* Done; of step: there is no further row. */
#define KAMENG_SQL_ROW 1            /* Of step: there is a row. */
#define KAMENG_SQL_BUSY 2           /* Somebody holds a lock; the same may succeed later. */
#define KAMENG_SQL_CONFLICT 3       /* Deadlock, serialization failure, SQLITE_BUSY_SNAPSHOT. */
#define KAMENG_SQL_UNIQUE 4         /* A unique index or primary key refused. */
#define KAMENG_SQL_CHECK 5          /* A CHECK, NOT NULL, type, size or trigger refused. */
#define KAMENG_SQL_FOREIGN_KEY 6    /* A foreign key refused. */
#define KAMENG_SQL_FULL 7           /* No space is left. */
#define KAMENG_SQL_READ_ONLY 8      /* The database cannot be written. */
#define KAMENG_SQL_CORRUPT 9        /* Stored data cannot be read back. */
#define KAMENG_SQL_CANNOT_OPEN 10   /* No connection can be had: address, permission, folder. */
#define KAMENG_SQL_IO 11            /* Reading or writing failed; at COMMIT: outcome unknown. */
#define KAMENG_SQL_LOST 12          /* The connection is gone; at COMMIT: outcome unknown. */
#define KAMENG_SQL_INTERRUPTED 13   /* The time ran out. */
#define KAMENG_SQL_OUT_OF_MEMORY 14 /* Memory could not be had. */
#define KAMENG_SQL_MISUSE 15        /* The statement or the use of it is wrong. */

/* The kinds of a column's value. */
#define KAMENG_SQL_NULL 0
#define KAMENG_SQL_INT64 1
#define KAMENG_SQL_DOUBLE 2
#define KAMENG_SQL_TEXT 3
#define KAMENG_SQL_BLOB 4

/* Which SQL the driver is given. */
#define KAMENG_SQL_SQLITE 1   /* parameters `?1` */
#define KAMENG_SQL_POSTGRES 2 /* parameters `$1` */
#define KAMENG_SQL_MARIADB 3  /* parameters `?` */

/* A host's own connections to a database. An engine that was opened with
 * {"storage":{"driver":NAME}} borrows one for each of its transactions, on the thread of the
 * caller, and keeps nothing of it afterwards. docs/ABI.md has the whole story, and what the
 * connections must be set to.
 *
 * Zero the struct, set struct_size to sizeof(kameng_sql_driver), fill every slot but `constraint`
 * and `destroy`, which may stay NULL. Slots may be called from any thread, several at once, for
 * different connections. No slot may call the engine, throw, or jump out. Slots that return int32_t
 * return one of KAMENG_SQL_... above, unless it says otherwise. */
typedef struct kameng_sql_driver {
  uint64_t struct_size;
  int64_t dialect; /* KAMENG_SQL_SQLITE, _POSTGRES or _MARIADB */
  void* user;      /* handed to every slot */

  /* Lends a connection, waiting at most timeout_ms, then INTERRUPTED. *joined is 0; 1 says that the
   * calling thread's own transaction is open on it: then the engine only sets savepoints. */
  int32_t (*acquire)(void* user, int64_t timeout_ms, void** connection, int32_t* joined);
  /* Takes it back: once for each acquire that returned OK. */
  void (*release)(void* user, void* connection);
  /* 1 while a transaction is open on it, else 0. */
  int32_t (*in_transaction)(void* user, void* connection);
  /* Runs one statement, or several with `;` between, without parameters or rows: BEGIN, COMMIT,
   * ROLLBACK, SAVEPOINT, the schema. `sql` ends in NUL, here and in prepare. */
  int32_t (*execute)(void* user, void* connection, const char* sql, size_t size);
  /* Rows changed by the statement that was stepped to its end last. Of an UPDATE those that it
   * matched. */
  int64_t (*changes)(void* user, void* connection);
  /* Makes a statement ready. It is finalized before its connection is released. */
  int32_t (*prepare)(void* user, void* connection, const char* sql, size_t size, void** statement);
  /* Set a parameter, counted from 1. Bytes are the driver's to copy; kind is KAMENG_SQL_TEXT or
   * KAMENG_SQL_BLOB, and size 0 is empty, not null. */
  int32_t (*bind_null)(void* user, void* statement, int32_t index);
  int32_t (*bind_int64)(void* user, void* statement, int32_t index, int64_t value);
  int32_t (*bind_double)(void* user, void* statement, int32_t index, double value);
  int32_t (*bind_bytes)(void* user, void* statement, int32_t index, int32_t kind, const void* data,
                        size_t size);
  /* ROW, OK at the end, or what it failed with. */
  int32_t (*step)(void* user, void* statement);
  /* Of the row, columns counted from 0: KAMENG_SQL_NULL, _INT64, _DOUBLE, _TEXT or _BLOB. Whole
   * numbers of any type are INT64, sums too. */
  int32_t (*column_kind)(void* user, void* statement, int32_t column);
  int64_t (*column_int64)(void* user, void* statement, int32_t column);
  /* Valid until the next step or reset. */
  const void* (*column_bytes)(void* user, void* statement, int32_t column, size_t* size);
  /* Makes it ready to be bound and stepped again. */
  int32_t (*reset)(void* user, void* statement);
  void (*finalize)(void* user, void* statement);
  /* The name of the constraint that the connection's last statement ran into, ending in NUL; NULL
   * when it is not known. Never a value. */
  const char* (*constraint)(void* user, void* connection);
  /* Called exactly once when `user` is needed no more: when the registration failed, or when the
   * name was given up and the last engine that uses it is closed. Never when struct_size is wrong,
   * nor when the process ends first. */
  void (*destroy)(void* user);
} kameng_sql_driver;

/* Makes a driver known to this process, before the kameng_open whose configuration names it.
 *
 * - name: 1 to 32 lower-case letters, digits and _, beginning with a letter; ends in NUL.
 * - driver: copied; or NULL, which gives the name up. Engines that are open keep their driver.
 * - result: receives {} or an error document.
 *
 * Fails with INVALID_ARGUMENT sql_driver.name, ALREADY_EXISTS sql_driver.exists, NOT_FOUND
 * sql_driver.not_found, INCOMPATIBLE sql_driver.unknown_slot and sql_driver.dialect, MISUSE
 * sql_driver.struct_size, sql_driver.slot_missing, call.null_argument and engine.reentered. Any
 * thread. */
KAMENG_API kameng_status kameng_register_sql_driver(const char* name,
                                                    const kameng_sql_driver* driver,
                                                    kameng_result* result) KAMENG_NOEXCEPT;

/* The status the call returned; MISUSE for a handle that is not a result's. */
KAMENG_API kameng_status kameng_result_status(kameng_result result) KAMENG_NOEXCEPT;

/* The document, ending in NUL, valid until kameng_result_free; "" for a handle that is not a
 * result's. Never NULL. */
KAMENG_API const char* kameng_result_json(kameng_result result) KAMENG_NOEXCEPT;

/* The bytes of the document without the NUL; 0 for a handle that is not a result's. */
KAMENG_API size_t kameng_result_size(kameng_result result) KAMENG_NOEXCEPT;

/* Wipes and frees. Freeing 0 does nothing; freeing twice, or what is not a result, is MISUSE and
 * harmless. */
KAMENG_API kameng_status kameng_result_free(kameng_result result) KAMENG_NOEXCEPT;

/* KAMENG_API_VERSION of the library that is running. */
KAMENG_API int32_t kameng_api_version(void) KAMENG_NOEXCEPT;

/* 1 when this library serves a program compiled against that KAMENG_API_VERSION, else 0. */
KAMENG_API int32_t kameng_api_supports(int32_t api_version) KAMENG_NOEXCEPT;

/* The release: "0.1.0". Lives as long as the library is loaded. */
KAMENG_API const char* kameng_version(void) KAMENG_NOEXCEPT;

/* "FAILED_PRECONDITION" and the like; "UNKNOWN" for a number without a name. Never freed. */
KAMENG_API const char* kameng_status_name(kameng_status status) KAMENG_NOEXCEPT;

/* Every operation with its fields, reasons and permission, and the configuration's keys, as one
 * document. Opens nothing; lives as long as the library; "" when memory for it cannot be had. */
KAMENG_API const char* kameng_describe(void) KAMENG_NOEXCEPT;

#if defined(__cplusplus)
}
#endif
#endif /* KAMENG_H */
