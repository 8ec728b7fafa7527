/* lifecycle_postgres.c - the same hand-written order lifecycle in PostgreSQL, through libpq.
 *
 * Measures lifecycles per second, latency, and the CPU of the WHOLE machine (client and server
 * share it) with 1..64 connections, prepared statements over a Unix socket, and
 * SELECT .. FOR UPDATE SKIP LOCKED for the claim. Same tables, same 15 statements as
 * lifecycle_sqlite.c.
 *
 * usage: lifecycle_postgres --load CONNINFO CODES
 * usage: lifecycle_postgres CONNINFO CONNECTIONS SPLIT ACCOUNTS WIRE SECONDS
 *   SPLIT     1 = one transaction a lifecycle, 2 = place and deliver each commit on their own
 *   ACCOUNTS  hot    = clearing, commission and fee are ONE row each for the whole platform
 *             spread = every merchant has its own four rows (no shared row)
 *   WIRE      trip   = one round trip a statement      pipe = libpq pipeline, one round trip a transaction
 */
#define _GNU_SOURCE
#include <libpq-fe.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#ifndef GOODS
#define GOODS 100 /* 1: all buyers want the same */
#endif
enum { MERCHANTS = 1000, SAMPLES = 400000 };

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}
/* busy CPU seconds of the whole machine, by class */
static void machine_cpu(double *user, double *sys) {
    unsigned long long u = 0, n = 0, s = 0, idle = 0, w = 0, irq = 0, sirq = 0;
    FILE *f = fopen("/proc/stat", "r");
    if (!f || fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu", &u, &n, &s, &idle, &w, &irq, &sirq) != 7) exit(1);
    fclose(f);
    double hz = (double)sysconf(_SC_CLK_TCK);
    *user = (double)(u + n) / hz;
    *sys = (double)(s + irq + sirq) / hz;
}

static PGconn *open_conn(const char *info) {
    PGconn *c = PQconnectdb(info);
    if (PQstatus(c) != CONNECTION_OK) { fprintf(stderr, "%s", PQerrorMessage(c)); exit(1); }
    return c;
}
static void run(PGconn *c, const char *sql) {
    PGresult *r = PQexec(c, sql);
    ExecStatusType s = PQresultStatus(r);
    if (s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK) { fprintf(stderr, "%s\n%s", sql, PQerrorMessage(c)); exit(1); }
    PQclear(r);
}
static long long scalar(PGconn *c, const char *sql) {
    PGresult *r = PQexec(c, sql);
    if (PQresultStatus(r) != PGRES_TUPLES_OK) { fprintf(stderr, "%s\n%s", sql, PQerrorMessage(c)); exit(1); }
    long long v = atoll(PQgetvalue(r, 0, 0));
    PQclear(r);
    return v;
}

static void load(const char *info, const char *codes) {
    PGconn *c = open_conn(info);
    run(c, "SET client_min_messages=warning;"
           "DROP TABLE IF EXISTS orders,payments,codes,accounts,postings,audit,outbox;"
           "CREATE TABLE orders(id bigint PRIMARY KEY, order_no text NOT NULL, buyer_id bigint NOT NULL,"
           " goods_id int NOT NULL, qty int NOT NULL, unit_price bigint NOT NULL, amount bigint NOT NULL,"
           " status smallint NOT NULL, code_id bigint, created_at bigint NOT NULL, delivered_at bigint);"
           "CREATE UNIQUE INDEX orders_no ON orders(order_no);"
           "CREATE INDEX orders_buyer ON orders(buyer_id, created_at);"
           "CREATE TABLE payments(id bigint PRIMARY KEY, order_id bigint NOT NULL, channel int NOT NULL,"
           " ext_no text NOT NULL, amount bigint NOT NULL, status smallint NOT NULL, created_at bigint NOT NULL,"
           " paid_at bigint);"
           "CREATE UNIQUE INDEX payments_ext ON payments(ext_no);"
           "CREATE INDEX payments_order ON payments(order_id);"
           "CREATE TABLE codes(id bigint PRIMARY KEY, goods_id int NOT NULL, status smallint NOT NULL,"
           " order_id bigint, delivered_at bigint, fingerprint bigint NOT NULL, secret bytea NOT NULL);"
           "CREATE TABLE accounts(id bigint PRIMARY KEY, owner bigint NOT NULL, kind int NOT NULL,"
           " balance bigint NOT NULL, version bigint NOT NULL) WITH (fillfactor=50);"
           "CREATE TABLE postings(id bigserial PRIMARY KEY, txn_id bigint NOT NULL, account_id bigint NOT NULL,"
           " amount bigint NOT NULL, created_at bigint NOT NULL);"
           "CREATE INDEX postings_account ON postings(account_id, id);"
           "CREATE INDEX postings_txn ON postings(txn_id);"
           "CREATE TABLE audit(id bigserial PRIMARY KEY, at bigint NOT NULL, actor bigint NOT NULL,"
           " action text NOT NULL, subject bigint NOT NULL, detail text NOT NULL);"
           "CREATE INDEX audit_subject ON audit(subject);"
           "CREATE TABLE outbox(id bigserial PRIMARY KEY, topic text NOT NULL, payload text NOT NULL,"
           " created_at bigint NOT NULL, sent_at bigint);"
           "CREATE INDEX outbox_unsent ON outbox(id) WHERE sent_at IS NULL;"
           "INSERT INTO accounts SELECT i, 0, i, 0, 0 FROM generate_series(1,3) i;"
           "INSERT INTO accounts SELECT 10+i, i%1000, 9, 0, 0 FROM generate_series(0,3999) i;");
    char sql[600];
    snprintf(sql, sizeof sql,
             "INSERT INTO codes SELECT i, 1+i%%%d, 0, NULL, NULL, ('x'||substr(md5(i::text),1,16))::bit(64)::bigint,"
             " decode(md5(i::text)||md5((i+1)::text)||md5((i+2)::text)||md5((i+3)::text)||substr(md5((i+4)::text),1,16),'hex')"
             " FROM generate_series(1,%s::bigint) i",
             GOODS, codes);
    run(c, sql);
    run(c, "CREATE UNIQUE INDEX codes_fingerprint ON codes(goods_id, fingerprint);"
           "CREATE INDEX codes_unused ON codes(goods_id, id) WHERE status = 0;"
           "CREATE INDEX codes_order ON codes(order_id) WHERE order_id IS NOT NULL;");
    run(c, "VACUUM ANALYZE");
    run(c, "CHECKPOINT");
    PQfinish(c);
}

static const struct { const char *name, *sql; int params; } statements[] = {
    {"s_order", "INSERT INTO orders VALUES($1::bigint,$2::text,$3::bigint,$4::int,1,1000,1000,0,NULL,$5::bigint,NULL)", 5},
    {"s_payment", "INSERT INTO payments VALUES($1::bigint,$1::bigint,1,$2::text,1000,0,$3::bigint,NULL)", 3},
    {"s_paid", "UPDATE payments SET status=1, paid_at=$2::bigint WHERE id=$1::bigint AND status=0", 2},
    {"s_claim", "UPDATE codes SET status=1, order_id=$1::bigint, delivered_at=$2::bigint WHERE id=(SELECT id FROM codes"
                " WHERE goods_id=$3::int AND status=0 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, secret", 3},
    {"s_delivered", "UPDATE orders SET status=2, code_id=$2::bigint, delivered_at=$3::bigint WHERE id=$1::bigint AND status=0", 3},
    {"s_posting", "INSERT INTO postings(txn_id,account_id,amount,created_at) VALUES($1::bigint,$2::bigint,$3::bigint,$4::bigint)", 4},
    {"s_balance", "UPDATE accounts SET balance=balance+$2::bigint, version=version+1 WHERE id=$1::bigint", 2},
    {"s_audit", "INSERT INTO audit(at,actor,action,subject,detail) VALUES($1::bigint,0,'order.deliver',$2::bigint,$3::text)", 3},
    {"s_outbox", "INSERT INTO outbox(topic,payload,created_at) VALUES('order.delivered',$1::text,$2::bigint)", 2},
    {"s_begin", "BEGIN", 0},
    {"s_commit", "COMMIT", 0},
};

struct worker {
    pthread_t thread;
    const char *info;
    int index, split, spread, pipe;
    double end;
    pthread_barrier_t *barrier;
    float *us;
    long done, empty, errors;
    uint64_t rng;
    PGconn *c;
    int queued;
};

static uint64_t rnd(struct worker *w) {
    w->rng ^= w->rng << 13; w->rng ^= w->rng >> 7; w->rng ^= w->rng << 17;
    return w->rng;
}
/* one statement: a round trip of its own, or queued in the pipeline */
static PGresult *call(struct worker *w, const char *name, int n, const char *const *v, int want_result) {
    if (w->pipe) {
        if (!PQsendQueryPrepared(w->c, name, n, v, NULL, NULL, 0)) { fprintf(stderr, "%s", PQerrorMessage(w->c)); exit(1); }
        w->queued++;
        return NULL;
    }
    PGresult *r = PQexecPrepared(w->c, name, n, v, NULL, NULL, 0);
    ExecStatusType s = PQresultStatus(r);
    if (s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK) { fprintf(stderr, "%s: %s", name, PQerrorMessage(w->c)); w->errors++; }
    if (want_result) return r;
    PQclear(r);
    return NULL;
}
static int drain(struct worker *w) { /* read every result of the pipeline; how many rows RETURNING gave */
    int rows = 0;
    PQpipelineSync(w->c);
    for (int i = 0; i < w->queued; i++) {
        PGresult *r = PQgetResult(w->c);
        ExecStatusType s = PQresultStatus(r);
        if (s == PGRES_TUPLES_OK) rows += PQntuples(r);
        else if (s != PGRES_COMMAND_OK) { fprintf(stderr, "pipeline: %s", PQresultErrorMessage(r)); w->errors++; }
        PQclear(r);
        PQgetResult(w->c);
    }
    PQclear(PQgetResult(w->c)); /* the sync */
    w->queued = 0;
    return rows;
}

static void *work(void *arg) {
    struct worker *w = arg;
    w->c = open_conn(w->info);
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        PGresult *r = PQprepare(w->c, statements[i].name, statements[i].sql, statements[i].params, NULL);
        if (PQresultStatus(r) != PGRES_COMMAND_OK) { fprintf(stderr, "%s", PQerrorMessage(w->c)); exit(1); }
        PQclear(r);
    }
    if (w->pipe) PQenterPipelineMode(w->c);
    int64_t base = (int64_t)(now_s() * 1e6) * 1000 + w->index; /* ids unique over workers and runs */
    pthread_barrier_wait(w->barrier);
    double t = now_s();
    while (t < w->end) {
        int64_t id = base + (int64_t)w->done * 1000 + w->empty;
        char sid[24], no[40], ext[40], st[24], buyer[24], goods[12], code[24] = "0", acc[4][24], detail[200], payload[260];
        int g = 1 + (int)(rnd(w) % GOODS);
        snprintf(sid, sizeof sid, "%lld", (long long)id);
        snprintf(no, sizeof no, "K%016llx", (unsigned long long)((uint64_t)id * 0x9e3779b97f4a7c15u));
        snprintf(ext, sizeof ext, "PAY%020llu", (unsigned long long)id);
        snprintf(st, sizeof st, "%lld", (long long)(t * 1e6));
        snprintf(buyer, sizeof buyer, "%llu", (unsigned long long)(rnd(w) % 50000));
        snprintf(goods, sizeof goods, "%d", g);
        int m = (int)(rnd(w) % MERCHANTS);
        /* always in the same account order, so that no two deliveries can deadlock */
        static const char *const amount[4] = {"-1000", "44", "6", "950"};
        for (int k = 0; k < 4; k++)
            snprintf(acc[k], sizeof acc[k], "%d", w->spread ? 10 + m + 1000 * k : (k < 3 ? k + 1 : 10 + m));
        call(w, "s_begin", 0, NULL, 0);
        call(w, "s_order", 5, (const char *[]){sid, no, buyer, goods, st}, 0);
        call(w, "s_payment", 3, (const char *[]){sid, ext, st}, 0);
        if (w->split == 2) {
            call(w, "s_commit", 0, NULL, 0);
            if (w->pipe) drain(w);
            call(w, "s_begin", 0, NULL, 0);
        }
        call(w, "s_paid", 2, (const char *[]){sid, st}, 0);
        PGresult *r = call(w, "s_claim", 3, (const char *[]){sid, st, goods}, 1);
        int got = 1;
        if (r) {
            got = PQntuples(r);
            if (got) snprintf(code, sizeof code, "%s", PQgetvalue(r, 0, 0));
            PQclear(r);
        }
        call(w, "s_delivered", 3, (const char *[]){sid, code, st}, 0);
        for (int k = 0; k < 4; k++) call(w, "s_posting", 4, (const char *[]){sid, acc[k], amount[k], st}, 0);
        snprintf(detail, sizeof detail,
                 "{\"order\":%s,\"code\":%s,\"from\":\"pending\",\"to\":\"delivered\",\"ip\":\"203.0.113.7\",\"via\":\"callback\"}", sid, code);
        call(w, "s_audit", 3, (const char *[]){st, sid, detail}, 0);
        snprintf(payload, sizeof payload,
                 "{\"type\":\"order.delivered\",\"order\":%s,\"goods\":%d,\"qty\":1,\"amount\":1000,\"currency\":\"CNY\",\"notify\":\"https://shop.example/callback\",\"at\":%s}",
                 sid, g, st);
        call(w, "s_outbox", 2, (const char *[]){payload, st}, 0);
        /* balances last: the shared rows are locked for as short a time as possible */
        for (int k = 3; k >= 0; k--) call(w, "s_balance", 2, (const char *[]){acc[k], amount[k]}, 0);
        call(w, "s_commit", 0, NULL, 0);
        if (w->pipe) got = drain(w);
        double t1 = now_s();
        if (got) {
            if (w->done < SAMPLES) w->us[w->done] = (float)((t1 - t) * 1e6);
            w->done++;
        } else w->empty++;
        t = t1;
    }
    PQfinish(w->c);
    return NULL;
}
static int by_value(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "--load") == 0) { load(argv[2], argv[3]); return 0; }
    if (argc != 7) { fprintf(stderr, "usage: see the comment on top of the source\n"); return 2; }
    int n = atoi(argv[2]);
    PGconn *c = open_conn(argv[1]);
    long long before = scalar(c, "SELECT count(*) FROM orders WHERE status=2");
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, (unsigned)n + 1);
    struct worker *ws = calloc((size_t)n, sizeof *ws);
    double setup = now_s();
    for (int i = 0; i < n; i++) {
        ws[i] = (struct worker){.info = argv[1], .index = i, .split = atoi(argv[3]), .spread = strcmp(argv[4], "spread") == 0,
                                .pipe = strcmp(argv[5], "pipe") == 0, .barrier = &barrier, .end = setup + 1e9,
                                .rng = 0x9e3779b97f4a7c15u * (uint64_t)(i + 1) + (uint64_t)(setup * 1e6),
                                .us = malloc(sizeof(float) * SAMPLES)};
        pthread_create(&ws[i].thread, NULL, work, &ws[i]);
    }
    double u0, s0, u1, s1;
    struct rusage r0, r1;
    getrusage(RUSAGE_SELF, &r0);
    machine_cpu(&u0, &s0);
    double t0 = now_s();
    for (int i = 0; i < n; i++) ws[i].end = t0 + atof(argv[6]);
    pthread_barrier_wait(&barrier);
    t0 = now_s();
    long done = 0, empty = 0, errors = 0;
    float *all = malloc(sizeof(float) * SAMPLES * (size_t)n);
    size_t k = 0;
    for (int i = 0; i < n; i++) {
        pthread_join(ws[i].thread, NULL);
        long m = ws[i].done < SAMPLES ? ws[i].done : SAMPLES;
        memcpy(all + k, ws[i].us, sizeof(float) * (size_t)m);
        k += (size_t)m;
        done += ws[i].done; empty += ws[i].empty; errors += ws[i].errors;
    }
    double wall = now_s() - t0;
    machine_cpu(&u1, &s1);
    getrusage(RUSAGE_SELF, &r1);
    double client = (double)(r1.ru_utime.tv_sec - r0.ru_utime.tv_sec + r1.ru_stime.tv_sec - r0.ru_stime.tv_sec) +
                    (double)(r1.ru_utime.tv_usec - r0.ru_utime.tv_usec + r1.ru_stime.tv_usec - r0.ru_stime.tv_usec) * 1e-6;
    qsort(all, k, sizeof(float), by_value);
    long long orders = scalar(c, "SELECT count(*) FROM orders WHERE status=2") - before;
    long long sum = scalar(c, "SELECT coalesce(sum(balance),0) FROM accounts");
    long long twice = scalar(c, "SELECT count(*) FROM (SELECT order_id FROM codes WHERE order_id IS NOT NULL GROUP BY order_id HAVING count(*)>1) x");
    printf("postgres conns=%-3d tx/lc=%s accounts=%-6s wire=%s lc=%-7ld lc/s=%8.0f  machine_us/lc: user=%6.1f sys=%6.1f (client %6.1f)"
           "  lc_us: p50=%.0f p99=%.0f max=%.0f  check: orders=%s balances_sum=%lld twice=%lld empty=%ld errors=%ld\n",
           n, argv[3], argv[4], argv[5], done, (double)done / wall, (u1 - u0) / (double)done * 1e6, (s1 - s0) / (double)done * 1e6,
           client / (double)done * 1e6, all[k / 2], all[k * 99 / 100], all[k - 1], orders == done + empty ? "ok" : "WRONG", sum, twice,
           empty, errors);
    PQfinish(c);
    return 0;
}
