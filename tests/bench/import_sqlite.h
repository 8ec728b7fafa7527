/* import_sqlite.h - the import of codes as one would write it in plain C: no more than SQLite,
 * libsodium and the same tables. */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

struct plain_import;

/* `path` is a database with the shop's tables; ends the program when anything fails. */
struct plain_import* plain_import_open(const char* path, const unsigned char sku_id[16]);
/* One file of codes, a line each. They go in sorted by blind index, `rows` in a transaction. */
void plain_import_file(struct plain_import* import, const char* lines, long size, int rows);
void plain_import_close(struct plain_import* import);

#ifdef __cplusplus
}
#endif
