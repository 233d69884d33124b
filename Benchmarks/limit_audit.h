// The audit log of the bare server: what a record costs at least, in the ambassador's own table.
//
// The loop puts records into a ring; one thread writes them, sixteen rows to a statement. Batched, it writes once a millisecond what has
// come and commits all of it every 20 ms. Strict, it commits what has come as soon as it can, on disk, and says so: until then the loop
// holds the answers. Niceness, pieces, checkpoints and the waiting for who comes just too late are the ambassador's.
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>

enum { RING = 1 << 16, ROWS = 16, COLUMNS = 27, PIECE = 256, NICENESS = 3 };
enum { PAGES_MIN = 64, PAGES = 1000, PAUSE_FACTOR = 10 };
static const int64_t COMMIT_NS = 20000000, PAUSE_NS = 1000000, GATHERING_NS_MAX = 2000000;

typedef struct {
    int64_t time, trace_high, trace_low, microseconds, request_bytes, response_bytes, question;
    int descriptor;
} Record;

static Record ring[RING];
// Counts of records that were ever put in, taken out, and committed.
static _Atomic uint64_t put, taken, committed;
static uint64_t released, announced;
static int has_audit, is_strict, due = -1, settled = -1, pages;
static sqlite3 *database;
static sqlite3_stmt *many, *one;

static void must(int code) {
    if (code == SQLITE_OK || code == SQLITE_DONE) return;
    fprintf(stderr, "limit: %s\n", sqlite3_errmsg(database));
    exit(1);
}

static void must_execute(const char *sql) { must(sqlite3_exec(database, sql, 0, 0, 0)); }

static int64_t nanoseconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000000000 + time.tv_nsec;
}

static int64_t random_bits(void) {
    static uint64_t state = 88172645463325252u;
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (int64_t)state;
}

static void record(int descriptor, size_t question, size_t request_bytes, size_t response_bytes) {
    // A server whose writer falls behind shows nothing but the size of its ring.
    if (put - taken >= RING) fprintf(stderr, "limit: the audit log has fallen behind\n"), exit(1);
    ring[put % RING] = (Record){nanoseconds(CLOCK_REALTIME) / 1000000, random_bits(), random_bits(), 5, (int64_t)request_bytes,
                                (int64_t)response_bytes, (int64_t)question, descriptor};
    atomic_fetch_add(&put, 1);
}

static sqlite3_stmt *insertion(int rows) {
    char sql[64 + ROWS * (2 * COLUMNS + 2)];
    char *end = sql + sprintf(sql, "INSERT OR FAIL INTO audit_records VALUES ");
    for (int row = 0; row < rows; row++) {
        end += sprintf(end, row ? ",(?" : "(?");
        for (int column = 1; column < COLUMNS; column++) end += sprintf(end, ",?");
        end += sprintf(end, ")");
    }
    sqlite3_stmt *statement;
    must(sqlite3_prepare_v2(database, sql, -1, &statement, 0));
    // What all hits have in common is bound once: their flow, their tenant, their outcome.
    static const int common[][2] = {{5, 1}, {6, 40}, {7, 2}, {8, 3}, {9, 3}, {10, 1}, {11, 20}, {12, 200}, {15, 0},
                                    {16, 0}, {19, 20}, {20, 20}, {21, 0}, {22, 100}, {23, 3}};
    for (int row = 0; row < rows; row++) {
        for (size_t i = 0; i < sizeof common / sizeof *common; i++)
            must(sqlite3_bind_int64(statement, row * COLUMNS + common[i][0], common[i][1]));
        must(sqlite3_bind_text(statement, row * COLUMNS + 26, "benchmark", -1, SQLITE_STATIC));
        must(sqlite3_bind_text(statement, row * COLUMNS + 27, "127.0.0.1", -1, SQLITE_STATIC));
    }
    return statement;
}

static void insert(sqlite3_stmt *statement, int rows) {
    uint64_t first = taken;
    for (int row = 0; row < rows; row++) {
        const Record *r = &ring[(first + row) % RING];
        int base = row * COLUMNS;
        sqlite3_bind_int64(statement, base + 1, (int64_t)(first + row + 1));
        sqlite3_bind_int64(statement, base + 2, r->time);
        sqlite3_bind_int64(statement, base + 3, r->trace_high);
        sqlite3_bind_int64(statement, base + 4, r->trace_low);
        sqlite3_bind_int64(statement, base + 14, r->microseconds);
        sqlite3_bind_int64(statement, base + 17, r->request_bytes);
        sqlite3_bind_int64(statement, base + 18, r->response_bytes);
        sqlite3_bind_int64(statement, base + 24, r->question);
    }
    must(sqlite3_step(statement));
    must(sqlite3_reset(statement));
    taken = first + rows;
}

// Writes so many records in whole statements.
static void write_rows(uint64_t count) {
    for (; count >= ROWS; count -= ROWS) insert(many, ROWS);
}

// Writes all that has come, lets who waits for the core have it in between, and commits.
static void commit(void) {
    uint64_t end = put;
    while (end - taken > PIECE) {
        write_rows(PIECE);
        sched_yield();
    }
    write_rows(end - taken);
    while (taken < end) insert(one, 1);
    must_execute("COMMIT");
    committed = end;
}

static int note_pages(void *unused, sqlite3 *written, const char *name, int count) {
    (void)unused, (void)written, (void)name;
    pages = count;
    return SQLITE_OK;
}

// Copies the log into the file: small copies, often, but after one so many times what it took.
static void checkpoint(void) {
    static int64_t rests_until;
    int64_t begin = nanoseconds(CLOCK_MONOTONIC);
    if (pages < PAGES_MIN || (pages < PAGES && begin < rests_until)) return;
    must(sqlite3_wal_checkpoint_v2(database, 0, SQLITE_CHECKPOINT_PASSIVE, 0, 0));
    int64_t end = nanoseconds(CLOCK_MONOTONIC);
    rests_until = end + (end - begin) * PAUSE_FACTOR;
}

static void write_in_batches(void) {
    for (int64_t began = 0;; nanosleep(&(struct timespec){0, PAUSE_NS}, 0)) {
        uint64_t count = put - taken;
        if (!began && count > 0) {
            must_execute("BEGIN");
            began = nanoseconds(CLOCK_MONOTONIC);
        }
        if (!began) continue;
        if (nanoseconds(CLOCK_MONOTONIC) - began < COMMIT_NS) {
            write_rows(count < PIECE ? count : PIECE);
            continue;
        }
        commit();
        checkpoint();
        began = 0;
    }
}

// Waits a little for those who were answered after the last commit and ask again at once; else they wait for two commits.
static void gather(uint64_t expected, int64_t longest) {
    int64_t end = nanoseconds(CLOCK_MONOTONIC) + (longest < GATHERING_NS_MAX ? longest : GATHERING_NS_MAX);
    while (put - taken < expected) {
        int64_t left = end - nanoseconds(CLOCK_MONOTONIC);
        if (left <= 0) return;
        eventfd_t count;
        if (ppoll(&(struct pollfd){.fd = due, .events = POLLIN}, 1, &(struct timespec){0, left}, 0) == 1) eventfd_read(due, &count);
    }
}

static void write_at_once(void) {
    uint64_t expected = 0;
    int64_t took = 0;
    for (eventfd_t count; put > taken || eventfd_read(due, &count) == 0;) {
        if (put == taken) continue;
        gather(expected, took / 2);
        uint64_t first = taken;
        must_execute("BEGIN");
        int64_t begin = nanoseconds(CLOCK_MONOTONIC);
        commit();
        took = nanoseconds(CLOCK_MONOTONIC) - begin;
        eventfd_write(settled, 1);
        expected = put - first;
        checkpoint();
    }
}

static void *write_records(void *unused) {
    setpriority(PRIO_PROCESS, syscall(SYS_gettid), NICENESS);
    if (is_strict) write_at_once();
    else write_in_batches();
    return unused;
}

// Opens a database that has the table, and starts the thread.
static void start_audit(const char *path, int strict) {
    has_audit = 1;
    is_strict = strict;
    due = eventfd(0, 0);
    settled = eventfd(0, EFD_NONBLOCK);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    must(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, 0));
    must_execute("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -16384");
    must_execute(strict ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    sqlite3_wal_hook(database, note_pages, 0);
    many = insertion(ROWS);
    one = insertion(1);
    pthread_t thread;
    if (pthread_create(&thread, 0, write_records, 0)) exit(1);
}

// At the end of a turn: one commit takes all that could be read.
static void announce(void) {
    if (!is_strict || announced == put) return;
    announced = put;
    eventfd_write(due, 1);
}

// The next connection whose answer may leave; -1 where there is none yet.
static int next_released(void) { return released < committed ? ring[released++ % RING].descriptor : -1; }
