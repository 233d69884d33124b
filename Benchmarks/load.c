// Load at a constant rate. Requests are due at fixed times, whatever the server does; each is measured from when it was due, so that a
// server which stops for a moment pays for all that was due meanwhile, and not only for what was under way.
//
//     cc -O2 -o load load.c && ./load --port 8080 --rate 1000 --seconds 10
//
//     --connections 16     keep-alive connections; a request that is due waits for a free one
//     --rate 1000          requests a second; 0 asks as fast as the connections allow, without due times
//     --seconds 10         how long, or --requests 5000 how many
//     --warm-up 1          seconds at the start that are not measured
//     --cycle 1000         the questions 1 to 1000 over and over; without it, questions that nobody has asked before
//     --run 17             what makes new questions unlike those of another run
//     --token TOKEN        a bearer token
//     --apart 30           microseconds between the head of a request and its content, which are else written together
//     --redis-get KEY      a GET of Redis in place of a question
//
// Prints one line of JSON: times are microseconds, with three significant digits.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 4096, HEAD_MAX = 8192, TOKEN_MAX = 2048 };
// A sleeping thread wakes up some 50 us late, so the last of the time to what is due next is spent awake.
static const int64_t AWAKE_NS = 100 * 1000, SECOND_NS = 1000000000, SILENCE_MAX_NS = 30 * SECOND_NS;

typedef struct {
    int socket;
    int64_t due;
    int is_measured;
    char head[HEAD_MAX];
    size_t head_length, body_left;
    int has_head;
} Connection;

static Connection *connections;
static int idle[CONNECTIONS_MAX], idle_first, idle_count, connection_count = 16;
static long port, cycle, total, requests_measured, requests_failed, run_id;
static double rate = 1000, seconds = 10, warm_up = 0;
static int64_t apart_ns;
static const char *token = "", *redis_key;

static void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(1);
}

static int64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND_NS + time.tv_nsec;
}

// The histogram: exact up to 2,047 ns, and then 1,024 buckets for each doubling, so that no value is off by more than a thousandth.
enum { LINEAR = 2048, HALF = 1024, DOUBLINGS = 40 };
static long buckets[LINEAR + DOUBLINGS * HALF];

static void count(int64_t ns) {
    uint64_t value = ns < 0 ? 0 : ns;
    int shift = value < LINEAR ? 0 : 53 - __builtin_clzll(value);
    if (shift >= DOUBLINGS) fail("a request took longer than a histogram can say");
    buckets[shift * HALF + (value >> shift)]++;
    requests_measured++;
}

// The largest value of the bucket in which that share of the requests is reached, in microseconds.
static double percentile(double percent) {
    long wanted = (long)(percent / 100 * requests_measured + 0.999999), seen = 0;
    for (int i = 0; i < LINEAR + DOUBLINGS * HALF; i++) {
        seen += buckets[i];
        if (seen < wanted || seen == 0) continue;
        int shift = i < LINEAR ? 0 : i / HALF - 1;
        uint64_t low = (uint64_t)(i - shift * HALF) << shift;
        return (low + (1ULL << shift) - 1) / 1000.0;
    }
    return 0;
}

static int write_question(char *request, long number) {
    char body[256];
    int body_length =
        cycle ? sprintf(body,
                        "{\"flow_id\":\"faq_qa\",\"input\":\"Question %07ld: how do I get a new password for my account in "
                        "the shop?\"}", number % cycle + 1)
              : sprintf(body,
                        "{\"flow_id\":\"faq_qa\",\"input\":\"Question %ld %07ld: how do I get a new password for my account?\"}",
                        run_id, number);
    return sprintf(request,
                   "POST /run-flow HTTP/1.1\r\nHost: 127.0.0.1:%ld\r\nContent-Type: application/json\r\n%s%s%s"
                   "Content-Length: %d\r\n\r\n%s",
                   port, *token ? "Authorization: Bearer " : "", token, *token ? "\r\n" : "", body_length, body);
}

static void write_all(int socket, const char *bytes, size_t length) {
    if (write(socket, bytes, length) != (ssize_t)length) fail("a request could not be written whole: %s", strerror(errno));
}

static void send_request(Connection *c, long number, int64_t due, int is_measured) {
    char request[1024 + TOKEN_MAX];
    int length = redis_key ? sprintf(request, "*2\r\n$3\r\nGET\r\n$%zu\r\n%s\r\n", strlen(redis_key), redis_key)
                           : write_question(request, number);
    c->due = due;
    c->is_measured = is_measured;
    c->has_head = 0;
    c->head_length = 0;
    int first = apart_ns ? strstr(request, "\r\n\r\n") + 4 - request : length;
    write_all(c->socket, request, first);
    if (first == length) return;
    for (int64_t end = now_ns() + apart_ns; now_ns() < end;) continue;
    write_all(c->socket, request + first, length - first);
}

// What the head of an answer says: how much follows it, and whether all went well.
static void judge_head(Connection *c) {
    int is_good;
    if (redis_key) {
        is_good = *c->head == '$' && c->head[1] != '-';
        c->body_left = is_good ? strtoul(c->head + 1, NULL, 10) + 2 : 0;
    } else {
        char *field = strcasestr(c->head, "\r\ncontent-length:");
        if (!field) fail("an answer without Content-Length:\n%s", c->head);
        is_good = strncmp(c->head, "HTTP/1.1 200 ", 13) == 0;
        c->body_left = strtoul(field + 17, NULL, 10);
    }
    if (!is_good && requests_failed++ == 0) fprintf(stderr, "load: %s\n", c->head);
    c->has_head = 1;
}

static void read_head(Connection *c, const char *bytes, size_t *offset, size_t length) {
    size_t taken = length - *offset < HEAD_MAX - 1 - c->head_length ? length - *offset : HEAD_MAX - 1 - c->head_length;
    size_t before = c->head_length;
    memcpy(c->head + before, bytes + *offset, taken);
    c->head_length += taken;
    c->head[c->head_length] = 0;
    const char *mark = redis_key ? "\r\n" : "\r\n\r\n";
    char *end = strstr(c->head, mark);
    if (!end && c->head_length == HEAD_MAX - 1) fail("an answer's head is longer than %d bytes", HEAD_MAX);
    if (!end) {
        *offset += taken;
        return;
    }
    *end = 0;
    judge_head(c);
    *offset += end + strlen(mark) - c->head - before;
}

// Reads what is there; says whether the answer is complete.
static int has_answer(Connection *c) {
    static char bytes[1 << 18];
    for (;;) {
        ssize_t length = recv(c->socket, bytes, sizeof bytes, MSG_DONTWAIT);
        if (length < 0 && errno == EAGAIN) return 0;
        if (length < 0) fail("reading failed: %s", strerror(errno));
        if (length == 0) fail("the server closed a connection");
        size_t offset = 0;
        if (!c->has_head) read_head(c, bytes, &offset, length);
        if (!c->has_head) continue;
        if (length - offset > c->body_left) fail("more than one answer to one request");
        c->body_left -= length - offset;
        if (c->body_left == 0) return 1;
    }
}

static int open_connections(void) {
    int poll = epoll_create1(0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connections = calloc(connection_count, sizeof *connections);
    for (int i = 0; i < connection_count; i++) {
        int descriptor = socket(AF_INET, SOCK_STREAM, 0);
        if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address))
            fail("cannot connect to port %ld: %s", port, strerror(errno));
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
        epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
        connections[i].socket = descriptor;
        idle[i] = i;
    }
    idle_count = connection_count;
    return poll;
}

static void read_options(int argument_count, char **arguments) {
    static const struct option known[] = {{"port", 1, 0, 'p'},     {"rate", 1, 0, 'r'},    {"seconds", 1, 0, 's'},
                                          {"requests", 1, 0, 'n'}, {"warm-up", 1, 0, 'w'}, {"connections", 1, 0, 'c'},
                                          {"cycle", 1, 0, 'y'},    {"run", 1, 0, 'i'},     {"token", 1, 0, 't'},
                                          {"redis-get", 1, 0, 'g'}, {"apart", 1, 0, 'a'},    {0}};
    for (int option; (option = getopt_long(argument_count, arguments, "", known, NULL)) != -1;) {
        switch (option) {
            case 'p': port = atol(optarg); break;
            case 'r': rate = atof(optarg); break;
            case 's': seconds = atof(optarg); break;
            case 'n': total = atol(optarg); break;
            case 'w': warm_up = atof(optarg); break;
            case 'c': connection_count = atoi(optarg); break;
            case 'y': cycle = atol(optarg); break;
            case 'i': run_id = atol(optarg); break;
            case 't': token = optarg; break;
            case 'g': redis_key = optarg; break;
            case 'a': apart_ns = atol(optarg) * 1000; break;
            default: exit(2);
        }
    }
    if (port < 1 || port > 65535) fail("--port is missing");
    if (connection_count < 1 || connection_count > CONNECTIONS_MAX) fail("1 to %d connections", CONNECTIONS_MAX);
    if (apart_ns < 0 || apart_ns > SECOND_NS || (apart_ns && redis_key)) fail("--apart is for questions, of up to a second");
    if (redis_key && strlen(redis_key) > 512) fail("the key is longer than 512 bytes");
    if (strlen(token) >= TOKEN_MAX) fail("the token is longer than %d bytes", TOKEN_MAX);
    if (rate < 0 || seconds <= 0 || warm_up < 0 || total < 0) fail("no rate, time or number may be negative");
    if (total == 0) total = rate > 0 ? (long)(rate * (warm_up + seconds)) : LONG_MAX;
}

// Asks all that is due now; returns how long to wait at most for an answer.
static int64_t ask(long *next, int64_t start, int64_t now) {
    while (*next < total && idle_count > 0) {
        int64_t due = rate > 0 ? start + (int64_t)(*next / rate * SECOND_NS) : now;
        if (due > now) return due - now > AWAKE_NS ? due - now - AWAKE_NS : 0;
        Connection *c = &connections[idle[idle_first]];
        idle_first = (idle_first + 1) % connection_count;
        idle_count--;
        send_request(c, *next, due, due >= start + (int64_t)(warm_up * SECOND_NS));
        ++*next;
    }
    return SECOND_NS;
}

int main(int argument_count, char **arguments) {
    read_options(argument_count, arguments);
    prctl(PR_SET_TIMERSLACK, 1);
    int poll = open_connections();
    int64_t start = now_ns(), last_answer = start, now = start;
    for (long next = 0;; now = now_ns()) {
        if (total == LONG_MAX && now - start >= (int64_t)((warm_up + seconds) * SECOND_NS)) total = next;
        int64_t wait = ask(&next, start, now);
        if (next == total && idle_count == connection_count) break;
        struct timespec timeout = {wait / SECOND_NS, wait % SECOND_NS};
        struct epoll_event events[256];
        int ready = epoll_pwait2(poll, events, 256, &timeout, NULL);
        if (ready < 0 && errno != EINTR) fail("waiting failed: %s", strerror(errno));
        now = now_ns();
        if (idle_count == connection_count) last_answer = now;
        if (now - last_answer > SILENCE_MAX_NS) fail("no answer for %ld s", (long)(SILENCE_MAX_NS / SECOND_NS));
        for (int i = 0; i < ready; i++) {
            Connection *c = &connections[events[i].data.u32];
            if (!has_answer(c)) continue;
            last_answer = now_ns();
            if (c->is_measured) count(last_answer - c->due);
            idle[(idle_first + idle_count++) % connection_count] = events[i].data.u32;
        }
    }
    static const double percents[] = {0,  10, 25,   40,   50,   60,    75,    80,    90,     95,
                                      98, 99, 99.5, 99.8, 99.9, 99.95, 99.98, 99.99, 99.999, 100};
    double took = (now - start) / (double)SECOND_NS;
    printf("{\"requests\":%ld,\"measured\":%ld,\"failed\":%ld,\"seconds\":%.3f,\"rate\":%.1f,\"percentiles\":{", total,
           requests_measured, requests_failed, took, total / took);
    for (size_t i = 0; i < sizeof percents / sizeof *percents; i++)
        printf("%s\"%g\":%.1f", i ? "," : "", percents[i], percentile(percents[i]));
    puts("}}");
    return 0;
}
