/* import_sqlite.c - see import_sqlite.h. Of each code: a blind index (BLAKE2b under a key), the
 * sealed form (XChaCha20-Poly1305 under the batch's key, bound to its place) and one INSERT; of
 * each transaction: the stock's count. No validation, audit, idempotency or progress. */
#include "import_sqlite.h"

#include <sodium.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLIND = 16, ID = 16, NONCE = 24, TAG = 16, CODE = 64, PLACE = 40, SQL = 6 };

struct code {
  unsigned char blind[BLIND];
  const char* text;
  int size;
};

struct plain_import {
  sqlite3* db;
  sqlite3_stmt *begin, *commit, *batch, *extend, *code, *stock;
  unsigned char sku_id[ID], batch_id[ID];
  unsigned char blind_key[32], batch_key[32];
  int64_t ordinal;
};

static void expect(struct plain_import* import, int code, int wanted) {
  if (code != wanted) {
    fprintf(stderr, "import_sqlite: %s\n", sqlite3_errmsg(import->db));
    exit(1);
  }
}

static void run(struct plain_import* import, sqlite3_stmt* statement) {
  expect(import, sqlite3_step(statement), SQLITE_DONE);
  sqlite3_reset(statement);
}

static sqlite3_stmt* prepare(struct plain_import* import, const char* sql) {
  sqlite3_stmt* statement = NULL;
  const int code =
      sqlite3_prepare_v3(import->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
  expect(import, code, SQLITE_OK);
  return statement;
}

/* The settings are the engine's. */
struct plain_import* plain_import_open(const char* path, const unsigned char sku_id[16]) {
  struct plain_import* import = calloc(1, sizeof *import);
  if (import == NULL || sodium_init() < 0) exit(1);
  memcpy(import->sku_id, sku_id, ID);
  randombytes_buf(import->batch_id, ID);
  randombytes_buf(import->blind_key, sizeof import->blind_key);
  randombytes_buf(import->batch_key, sizeof import->batch_key);
  expect(import, sqlite3_open(path, &import->db), SQLITE_OK);
  const char* settings[] = {"PRAGMA synchronous=FULL",     "PRAGMA temp_store=MEMORY",
                            "PRAGMA mmap_size=0",          "PRAGMA secure_delete=ON",
                            "PRAGMA cache_size=-12288",    "PRAGMA wal_autocheckpoint=16384",
                            "PRAGMA journal_mode=WAL"};
  for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
    sqlite3_stmt* setting = prepare(import, settings[i]);
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW) code = sqlite3_step(setting);
    expect(import, code, SQLITE_DONE);
    sqlite3_finalize(setting);
  }
  import->begin = prepare(import, "BEGIN IMMEDIATE");
  import->commit = prepare(import, "COMMIT");
  import->batch = prepare(import,
                          "INSERT INTO kameng_batch (id, sku_id, sealed_key, next_ordinal,"
                          " created_at_ms) VALUES (?,?,zeroblob(72),0,0)");
  import->extend =
      prepare(import, "UPDATE kameng_batch SET next_ordinal = next_ordinal + ? WHERE id = ?");
  import->code = prepare(import,
                         "INSERT INTO kameng_code (sku_id, batch_id, ordinal, blind, sealed,"
                         " status) VALUES (?,?,?,?,?,1) ON CONFLICT (blind, sku_id) DO NOTHING");
  import->stock = prepare(import,
                          "INSERT INTO kameng_stock_count (sku_id, available, held, sold)"
                          " VALUES (?,?,0,0) ON CONFLICT (sku_id) DO UPDATE"
                          " SET available = available + excluded.available");
  sqlite3_bind_blob(import->batch, 1, import->batch_id, ID, SQLITE_STATIC);
  sqlite3_bind_blob(import->batch, 2, import->sku_id, ID, SQLITE_STATIC);
  sqlite3_bind_blob(import->extend, 2, import->batch_id, ID, SQLITE_STATIC);
  sqlite3_bind_blob(import->code, 1, import->sku_id, ID, SQLITE_STATIC);
  sqlite3_bind_blob(import->code, 2, import->batch_id, ID, SQLITE_STATIC);
  sqlite3_bind_blob(import->stock, 1, import->sku_id, ID, SQLITE_STATIC);
  run(import, import->batch);
  return import;
}

static int by_blind(const void* a, const void* b) {
  return memcmp(((const struct code*)a)->blind, ((const struct code*)b)->blind, BLIND);
}

static void insert(struct plain_import* import, const struct code* code) {
  unsigned char place[PLACE], sealed[NONCE + CODE + TAG];
  const int64_t ordinal = import->ordinal++;
  memcpy(place, import->batch_id, ID);
  memcpy(place + ID, &ordinal, sizeof ordinal);
  memcpy(place + ID + sizeof ordinal, import->sku_id, ID);
  randombytes_buf(sealed, NONCE);
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      sealed + NONCE, NULL, (const unsigned char*)code->text, (unsigned long long)code->size, place,
      PLACE, NULL, sealed, import->batch_key);
  sqlite3_bind_int64(import->code, 3, ordinal);
  sqlite3_bind_blob(import->code, 4, code->blind, BLIND, SQLITE_STATIC);
  sqlite3_bind_blob(import->code, 5, sealed, NONCE + code->size + TAG, SQLITE_STATIC);
  run(import, import->code);
}

void plain_import_file(struct plain_import* import, const char* lines, long size, int rows) {
  long count = 0;
  for (long i = 0; i < size; i++) count += lines[i] == '\n';
  struct code* codes = malloc((size_t)count * sizeof *codes);
  const char* at = lines;
  for (long i = 0; i < count; i++) {
    const char* end = memchr(at, '\n', (size_t)(lines + size - at));
    codes[i].text = at;
    codes[i].size = (int)(end - at);
    if (codes[i].size > CODE) exit(1);
    crypto_generichash(codes[i].blind, BLIND, (const unsigned char*)at,
                       (unsigned long long)codes[i].size, import->blind_key,
                       sizeof import->blind_key);
    at = end + 1;
  }
  qsort(codes, (size_t)count, sizeof *codes, by_blind);
  for (long first = 0; first < count; first += rows) {
    const long end = first + rows < count ? first + rows : count;
    run(import, import->begin);
    for (long i = first; i < end; i++) insert(import, &codes[i]);
    sqlite3_bind_int64(import->extend, 1, end - first);
    run(import, import->extend);
    sqlite3_bind_int64(import->stock, 2, end - first);
    run(import, import->stock);
    run(import, import->commit);
  }
  free(codes);
}

void plain_import_close(struct plain_import* import) {
  sqlite3_stmt* all[SQL] = {import->begin,  import->commit, import->batch,
                            import->extend, import->code,   import->stock};
  for (int i = 0; i < SQL; i++) sqlite3_finalize(all[i]);
  sqlite3_close(import->db);
  free(import);
}
