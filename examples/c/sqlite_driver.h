/* sqlite_driver.h - a site's own connections to a SQLite file, and how kameng gets to use them.
 *
 * The site keeps a few connections and takes one for each transaction of its own. What kameng does
 * meanwhile on the same thread happens inside that transaction; otherwise kameng is lent a free
 * connection and commits for itself. Copy it, and change it to how your site keeps connections. */
#ifndef SQLITE_DRIVER_H
#define SQLITE_DRIVER_H

#include <sqlite3.h>

#include <kameng.h>

#if defined(__cplusplus)
extern "C" {
#endif

typedef struct site_database site_database;

/* NULL when memory cannot be had. The file is opened when a connection is first needed. */
site_database* site_open(const char* path);
/* Closes the connections. After it nothing of the database may be used. */
void site_close(site_database* database);

/* Begins the transaction of this thread, one at a time; NULL when it cannot. */
sqlite3* site_begin(site_database* database);
/* Ends it. An SQLite result code; the transaction is over either way. */
int site_commit(site_database* database);
void site_rollback(site_database* database);

/* Runs statements without parameters; rows are passed over. An SQLite result code. */
int site_run(sqlite3* connection, const char* sql);

/* The slots. `destroy` stays NULL: the site closes its database itself, after the engine. */
kameng_sql_driver site_driver(site_database* database);

#if defined(__cplusplus)
}
#endif

#endif /* SQLITE_DRIVER_H */
