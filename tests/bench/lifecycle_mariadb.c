/* lifecycle_mariadb.c - the same hand-written order lifecycle in MariaDB (InnoDB), through libmariadb.
 *
 * Measures lifecycles per second, latency, and the CPU of the WHOLE machine (client and server
 * share it) with 1..64 connections, server-side prepared statements over a Unix socket, READ
 * COMMITTED. MariaDB 10.11 has no UPDATE .. RETURNING and no partial index, so the claim is
 * SELECT .. FOR UPDATE SKIP LOCKED followed by UPDATE (16 statements instead of 15), and the
 * pool index is (goods_id, status, id). FORCE INDEX is needed: with 5 million codes the optimiser walks the
 * primary key instead (ORDER BY id LIMIT 1), past every code sold so far, and each sale makes the next slower.
 *
 * usage: lifecycle_mariadb --load SOCKET DB CODES
 * usage: lifecycle_mariadb SOCKET DB CONNECTIONS SPLIT ACCOUNTS SECONDS
 *   SPLIT     1 = one transaction a lifecycle, 2 = place and deliver each commit on their own
 *   ACCOUNTS  hot    = clearing, commission and fee are ONE row each for the whole platform
 *             spread = every merchant has its own four rows (no shared row)
 */
#define _GNU_SOURCE
#include <mysql.h>
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

static const char *g_socket, *g_db;

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
static MYSQL *open_conn(void) {
    MYSQL *c = mysql_init(NULL);
    if (!mysql_real_connect(c, NULL, "root", NULL, g_db, 0, g_socket, CLIENT_MULTI_STATEMENTS)) {
        fprintf(stderr, "%s\n", mysql_error(c));
        exit(1);
    }
    return c;
}
static void run(MYSQL *c, const char *sql) {
    if (mysql_query(c, sql)) { fprintf(stderr, "%s\n%s\n", sql, mysql_error(c)); exit(1); }
    do {
        MYSQL_RES *r = mysql_store_result(c);
        if (r) mysql_free_result(r);
    } while (mysql_next_result(c) == 0);
    if (mysql_errno(c)) { fprintf(stderr, "%s\n%s\n", sql, mysql_error(c)); exit(1); }
}
static long long scalar(MYSQL *c, const char *sql) {
    if (mysql_query(c, sql)) { fprintf(stderr, "%s\n%s\n", sql, mysql_error(c)); exit(1); }
    MYSQL_RES *r = mysql_store_result(c);
    MYSQL_ROW row = mysql_fetch_row(r);
    long long v = row && row[0] ? atoll(row[0]) : 0;
    mysql_free_result(r);
    return v;
}
static void load(const char *codes) {
    MYSQL *c = open_conn();
    run(c, "DROP TABLE IF EXISTS orders,payments,codes,accounts,postings,audit,outbox;"
           "CREATE TABLE orders(id bigint PRIMARY KEY, order_no varchar(32) NOT NULL, buyer_id bigint NOT NULL,"
           " goods_id int NOT NULL, qty int NOT NULL, unit_price bigint NOT NULL, amount bigint NOT NULL,"
           " status smallint NOT NULL, code_id bigint, created_at bigint NOT NULL, delivered_at bigint,"
           " UNIQUE KEY orders_no(order_no), KEY orders_buyer(buyer_id, created_at)) CHARACTER SET ascii;"
           "CREATE TABLE payments(id bigint PRIMARY KEY, order_id bigint NOT NULL, channel int NOT NULL,"
           " ext_no varchar(32) NOT NULL, amount bigint NOT NULL, status smallint NOT NULL, created_at bigint NOT NULL,"
           " paid_at bigint, UNIQUE KEY payments_ext(ext_no), KEY payments_order(order_id)) CHARACTER SET ascii;"
           "CREATE TABLE codes(id bigint PRIMARY KEY, goods_id int NOT NULL, status smallint NOT NULL,"
           " order_id bigint, delivered_at bigint, fingerprint bigint NOT NULL, secret varbinary(80) NOT NULL);"
           "CREATE TABLE accounts(id bigint PRIMARY KEY, owner bigint NOT NULL, kind int NOT NULL,"
           " balance bigint NOT NULL, version bigint NOT NULL);"
           "CREATE TABLE postings(id bigint AUTO_INCREMENT PRIMARY KEY, txn_id bigint NOT NULL, account_id bigint NOT NULL,"
           " amount bigint NOT NULL, created_at bigint NOT NULL, KEY postings_account(account_id, id), KEY postings_txn(txn_id));"
           "CREATE TABLE audit(id bigint AUTO_INCREMENT PRIMARY KEY, at bigint NOT NULL, actor bigint NOT NULL,"
           " action varchar(32) NOT NULL, subject bigint NOT NULL, detail text NOT NULL, KEY audit_subject(subject));"
           "CREATE TABLE outbox(id bigint AUTO_INCREMENT PRIMARY KEY, topic varchar(32) NOT NULL, payload text NOT NULL,"
           " created_at bigint NOT NULL, sent_at bigint, KEY outbox_unsent(sent_at, id));"
           "INSERT INTO accounts SELECT seq, 0, seq, 0, 0 FROM seq_1_to_3;"
           "INSERT INTO accounts SELECT 10+seq, seq%1000, 9, 0, 0 FROM seq_0_to_3999;");
    char sql[600];
    snprintf(sql, sizeof sql,
             "INSERT INTO codes SELECT seq, 1+seq%%%d, 0, NULL, NULL, CAST(CONV(substr(md5(seq),1,15),16,10) AS SIGNED),"
             " concat(unhex(md5(seq)),unhex(md5(seq+1)),unhex(md5(seq+2)),unhex(md5(seq+3)),substr(unhex(md5(seq+4)),1,8))"
             " FROM seq_1_to_%s",
             GOODS, codes);
    run(c, sql);
    run(c, "ALTER TABLE codes ADD UNIQUE KEY codes_fingerprint(goods_id, fingerprint),"
           " ADD KEY codes_unused(goods_id, status, id), ADD KEY codes_order(order_id);"
           "ANALYZE TABLE codes;");
    mysql_close(c);
}

enum { S_ORDER, S_PAYMENT, S_PAID, S_PICK, S_TAKE, S_DELIVERED, S_POSTING, S_BALANCE, S_AUDIT, S_OUTBOX, S_COUNT };
static const char *const statements[S_COUNT] = {
    "INSERT INTO orders VALUES(?,?,?,?,1,1000,1000,0,NULL,?,NULL)",
    "INSERT INTO payments VALUES(?,?,1,?,1000,0,?,NULL)",
    "UPDATE payments SET status=1, paid_at=? WHERE id=? AND status=0",
    "SELECT id, secret FROM codes FORCE INDEX (codes_unused) WHERE goods_id=? AND status=0 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED",
    "UPDATE codes SET status=1, order_id=?, delivered_at=? WHERE id=?",
    "UPDATE orders SET status=2, code_id=?, delivered_at=? WHERE id=? AND status=0",
    "INSERT INTO postings(txn_id,account_id,amount,created_at) VALUES(?,?,?,?)",
    "UPDATE accounts SET balance=balance+?, version=version+1 WHERE id=?",
    "INSERT INTO audit(at,actor,action,subject,detail) VALUES(?,0,'order.deliver',?,?)",
    "INSERT INTO outbox(topic,payload,created_at) VALUES('order.delivered',?,?)",
};

struct worker {
    pthread_t thread;
    int index, split, spread;
    double end;
    pthread_barrier_t *barrier;
    float *us;
    long done, empty, errors;
    uint64_t rng;
    MYSQL *c;
    MYSQL_STMT *s[S_COUNT];
};
static uint64_t rnd(struct worker *w) {
    w->rng ^= w->rng << 13; w->rng ^= w->rng >> 7; w->rng ^= w->rng << 17;
    return w->rng;
}
static MYSQL_BIND num(int64_t *v) {
    MYSQL_BIND b;
    memset(&b, 0, sizeof b);
    b.buffer_type = MYSQL_TYPE_LONGLONG;
    b.buffer = v;
    return b;
}
static MYSQL_BIND str(char *v, unsigned long *len) {
    MYSQL_BIND b;
    memset(&b, 0, sizeof b);
    b.buffer_type = MYSQL_TYPE_STRING;
    b.buffer = v;
    *len = strlen(v);
    b.length = len;
    b.buffer_length = *len;
    return b;
}
static int exec(struct worker *w, int which, MYSQL_BIND *b) {
    if (mysql_stmt_bind_param(w->s[which], b) || mysql_stmt_execute(w->s[which])) {
        if (w->errors++ < 3) fprintf(stderr, "%s: %s\n", statements[which], mysql_stmt_error(w->s[which]));
        return 1;
    }
    return 0;
}

static void *work(void *arg) {
    struct worker *w = arg;
    mysql_thread_init();
    w->c = open_conn();
    run(w->c, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; SET autocommit=0");
    for (int i = 0; i < S_COUNT; i++) {
        w->s[i] = mysql_stmt_init(w->c);
        if (mysql_stmt_prepare(w->s[i], statements[i], strlen(statements[i]))) {
            fprintf(stderr, "%s: %s\n", statements[i], mysql_stmt_error(w->s[i]));
            exit(1);
        }
    }
    int64_t base = (int64_t)(now_s() * 1e6) * 1000 + w->index;
    pthread_barrier_wait(w->barrier);
    double t = now_s();
    while (t < w->end) {
        int64_t id = base + (int64_t)(w->done + w->empty) * 1000, at = (int64_t)(t * 1e6);
        int64_t g = 1 + (int64_t)(rnd(w) % GOODS), buyer = (int64_t)(rnd(w) % 50000), m = (int64_t)(rnd(w) % MERCHANTS);
        int64_t code = 0, acc[4], amount[4] = {-1000, 44, 6, 950};
        char no[40], ext[40], detail[200], payload[260], secret[80];
        unsigned long l1, l2, l3, l4, secret_len = 0;
        int bad = 0;
        snprintf(no, sizeof no, "K%016llx", (unsigned long long)((uint64_t)id * 0x9e3779b97f4a7c15u));
        snprintf(ext, sizeof ext, "PAY%020llu", (unsigned long long)id);
        for (int k = 0; k < 4; k++) acc[k] = w->spread ? 10 + m + 1000 * k : (k < 3 ? k + 1 : 10 + m);
        bad |= exec(w, S_ORDER, (MYSQL_BIND[]){num(&id), str(no, &l1), num(&buyer), num(&g), num(&at)});
        bad |= exec(w, S_PAYMENT, (MYSQL_BIND[]){num(&id), num(&id), str(ext, &l2), num(&at)});
        if (w->split == 2) bad |= mysql_commit(w->c) != 0;
        bad |= exec(w, S_PAID, (MYSQL_BIND[]){num(&at), num(&id)});
        bad |= exec(w, S_PICK, (MYSQL_BIND[]){num(&g)});
        MYSQL_BIND out[2];
        memset(out, 0, sizeof out);
        out[0] = num(&code);
        out[1].buffer_type = MYSQL_TYPE_BLOB;
        out[1].buffer = secret;
        out[1].buffer_length = sizeof secret;
        out[1].length = &secret_len;
        mysql_stmt_bind_result(w->s[S_PICK], out);
        int got = mysql_stmt_fetch(w->s[S_PICK]) == 0;
        mysql_stmt_free_result(w->s[S_PICK]);
        if (got) bad |= exec(w, S_TAKE, (MYSQL_BIND[]){num(&id), num(&at), num(&code)});
        bad |= exec(w, S_DELIVERED, (MYSQL_BIND[]){num(&code), num(&at), num(&id)});
        for (int k = 0; k < 4; k++)
            bad |= exec(w, S_POSTING, (MYSQL_BIND[]){num(&id), num(&acc[k]), num(&amount[k]), num(&at)});
        snprintf(detail, sizeof detail,
                 "{\"order\":%lld,\"code\":%lld,\"from\":\"pending\",\"to\":\"delivered\",\"ip\":\"203.0.113.7\",\"via\":\"callback\"}",
                 (long long)id, (long long)code);
        bad |= exec(w, S_AUDIT, (MYSQL_BIND[]){num(&at), num(&id), str(detail, &l3)});
        snprintf(payload, sizeof payload,
                 "{\"type\":\"order.delivered\",\"order\":%lld,\"goods\":%lld,\"qty\":1,\"amount\":1000,\"currency\":\"CNY\",\"notify\":\"https://shop.example/callback\",\"at\":%lld}",
                 (long long)id, (long long)g, (long long)at);
        bad |= exec(w, S_OUTBOX, (MYSQL_BIND[]){str(payload, &l4), num(&at)});
        /* balances last: the shared rows are locked for as short a time as possible */
        for (int k = 3; k >= 0; k--) bad |= exec(w, S_BALANCE, (MYSQL_BIND[]){num(&amount[k]), num(&acc[k])});
        if (bad) { mysql_rollback(w->c); t = now_s(); w->empty++; continue; }
        if (mysql_commit(w->c)) w->errors++;
        double t1 = now_s();
        if (got) {
            if (w->done < SAMPLES) w->us[w->done] = (float)((t1 - t) * 1e6);
            w->done++;
        } else w->empty++;
        t = t1;
    }
    for (int i = 0; i < S_COUNT; i++) mysql_stmt_close(w->s[i]);
    mysql_close(w->c);
    mysql_thread_end();
    return NULL;
}
static int by_value(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    if (argc < 5) { fprintf(stderr, "usage: see the comment on top of the source\n"); return 2; }
    mysql_library_init(0, NULL, NULL);
    if (strcmp(argv[1], "--load") == 0) {
        g_socket = argv[2]; g_db = argv[3];
        load(argv[4]);
        return 0;
    }
    if (argc != 7) return 2;
    g_socket = argv[1]; g_db = argv[2];
    int n = atoi(argv[3]);
    MYSQL *c = open_conn();
    long long before = scalar(c, "SELECT count(*) FROM orders WHERE status=2");
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, (unsigned)n + 1);
    struct worker *ws = calloc((size_t)n, sizeof *ws);
    double setup = now_s();
    for (int i = 0; i < n; i++) {
        ws[i] = (struct worker){.index = i, .split = atoi(argv[4]), .spread = strcmp(argv[5], "spread") == 0, .barrier = &barrier,
                                .end = setup + 1e9, .rng = 0x9e3779b97f4a7c15u * (uint64_t)(i + 1) + (uint64_t)(setup * 1e6),
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
    printf("mariadb  conns=%-3d tx/lc=%s accounts=%-6s wire=trip lc=%-7ld lc/s=%8.0f  machine_us/lc: user=%6.1f sys=%6.1f (client %6.1f)"
           "  lc_us: p50=%.0f p99=%.0f max=%.0f  check: orders=%s balances_sum=%lld twice=%lld empty=%ld errors=%ld\n",
           n, argv[4], argv[5], done, (double)done / wall, (u1 - u0) / (double)done * 1e6, (s1 - s0) / (double)done * 1e6,
           client / (double)done * 1e6, all[k / 2], all[k * 99 / 100], all[k - 1], orders >= done ? "ok" : "WRONG", sum, twice, empty,
           errors);
    mysql_close(c);
    return 0;
}
