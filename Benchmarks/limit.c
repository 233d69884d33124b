// The limit: what one core can do at best. An epoll loop that takes the SHA-256 of a request's body, looks it up in a table and
// writes the answer. It checks next to nothing, logs nothing and counts nothing; no server that does its duty can be faster by much.
//
// With --audit it also writes rows of the ambassador's audit log, and with --redis it asks a Redis for each answer: what is left of the
// limit when one part of the duty is done.
//
//     cc -O2 -o limit limit.c -lsqlite3 && ./limit PORT FILE-WITH-THE-ANSWER'S-BODY
//         [--slots N]                       of the table: a power of two
//         [--audit FILE [--strict]          a database that has the table
//         | --redis PORT --key KEY]
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "limit_audit.h"
#include "limit_redis.h"

enum { INPUT_MAX = 1 << 20, DESCRIPTORS_MAX = 4096, HEAD_MAX = 256 };

typedef struct {
    uint8_t digest[32];
    char *answer;
    size_t length;
} Entry;

typedef struct {
    char *input, *output;
    size_t read, written, pending;
    // Whether the answer in `output` waits for its record.
    int is_held;
} Connection;

static Entry *table;
static size_t table_size = 1 << 14;
static Connection connections[DESCRIPTORS_MAX];
static char *body;
static size_t body_length;

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
    0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
    0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
    0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotated(uint32_t word, int bits) { return word >> bits | word << (32 - bits); }

static void compress(uint32_t state[8], const uint8_t *block) {
    uint32_t words[64], s[8];
    for (int i = 0; i < 16; i++) {
        memcpy(&words[i], block + 4 * i, 4);
        words[i] = ntohl(words[i]);
    }
    for (int i = 16; i < 64; i++) {
        uint32_t a = words[i - 15], b = words[i - 2];
        words[i] = words[i - 16] + (rotated(a, 7) ^ rotated(a, 18) ^ a >> 3) + words[i - 7] +
                   (rotated(b, 17) ^ rotated(b, 19) ^ b >> 10);
    }
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 64; i++) {
        uint32_t first = s[7] + (rotated(s[4], 6) ^ rotated(s[4], 11) ^ rotated(s[4], 25)) +
                         ((s[4] & s[5]) ^ (~s[4] & s[6])) + round_constants[i] + words[i];
        uint32_t second = (rotated(s[0], 2) ^ rotated(s[0], 13) ^ rotated(s[0], 22)) +
                          ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof s[0]);
        s[4] += first;
        s[0] = first + second;
    }
    for (int i = 0; i < 8; i++) state[i] += s[i];
}

static void sha256(const uint8_t *bytes, size_t length, uint8_t digest[32]) {
    uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    size_t left = length;
    for (; left >= 64; left -= 64, bytes += 64) compress(state, bytes);
    uint8_t tail[128] = {0};
    memcpy(tail, bytes, left);
    tail[left] = 0x80;
    size_t end = left < 56 ? 64 : 128;
    for (int i = 0; i < 8; i++) tail[end - 1 - i] = (uint8_t)((uint64_t)length * 8 >> 8 * i);
    for (size_t done = 0; done < end; done += 64) compress(state, tail + done);
    for (int i = 0; i < 8; i++) {
        uint32_t word = htonl(state[i]);
        memcpy(digest + 4 * i, &word, 4);
    }
}

static size_t write_answer(char *answer, const char *value, size_t length) {
    int head = sprintf(answer, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", length);
    memcpy(answer + head, value, length);
    return head + length;
}

static const Entry *answer_to(const char *question, size_t length) {
    uint8_t digest[32];
    sha256((const uint8_t *)question, length, digest);
    uint32_t slot;
    memcpy(&slot, digest, 4);
    Entry *entry = &table[slot &= table_size - 1];
    while (entry->answer && memcmp(entry->digest, digest, 32) != 0) entry = &table[slot = (slot + 1) & (table_size - 1)];
    if (entry->answer) return entry;
    memcpy(entry->digest, digest, 32);
    entry->answer = malloc(body_length + HEAD_MAX);
    entry->length = write_answer(entry->answer, body, body_length);
    return entry;
}

static void end(int descriptor) {
    close(descriptor);
    free(connections[descriptor].input);
    free(connections[descriptor].output);
    connections[descriptor] = (Connection){0};
}

static int has_written(int descriptor, Connection *c) {
    while (c->written < c->pending) {
        ssize_t count = write(descriptor, c->output + c->written, c->pending - c->written);
        if (count < 0) return errno == EAGAIN;
        c->written += count;
    }
    c->written = c->pending = 0;
    return 1;
}

// Reads what is there, answers the whole requests in it with one write, and keeps the rest.
static int has_served(int descriptor, Connection *c) {
    if (c->pending) return 1;
    ssize_t count = read(descriptor, c->input + c->read, INPUT_MAX - c->read - 1);
    if (count <= 0) return count < 0 && errno == EAGAIN;
    c->read += count;
    c->input[c->read] = 0;
    char *next = c->input, *end = c->input + c->read;
    for (char *head_end; (head_end = strstr(next, "\r\n\r\n")); ) {
        char *field = strcasestr(next, "\r\ncontent-length:");
        if (!field || field > head_end) return 0;
        size_t length = strtoul(field + 17, 0, 10);
        char *question = head_end + 4;
        if (length > (size_t)(end - question)) break;
        const Entry *entry = answer_to(question, length);
        if (redis >= 0) {
            ask_redis(descriptor);
        } else {
            c->output = realloc(c->output, c->pending + entry->length);
            memcpy(c->output + c->pending, entry->answer, entry->length);
            c->pending += entry->length;
            c->is_held = is_strict;
            if (has_audit) record(descriptor, entry - table, length, entry->length);
        }
        next = question + length;
    }
    memmove(c->input, next, end - next);
    c->read = end - next;
    return c->is_held || has_written(descriptor, c);
}

// Lets the answers leave whose records are on disk, and reads what came meanwhile.
static void release_answers(void) {
    eventfd_t count;
    eventfd_read(settled, &count);
    for (int descriptor; (descriptor = next_released()) >= 0;) {
        Connection *c = &connections[descriptor];
        c->is_held = 0;
        if (c->input && (!has_written(descriptor, c) || !has_served(descriptor, c))) end(descriptor);
    }
}

static void answer_from_redis(void) {
    read_replies();
    const char *value;
    size_t length;
    for (int descriptor; (descriptor = next_value(&value, &length)) >= 0;) {
        Connection *c = &connections[descriptor];
        c->output = realloc(c->output, c->pending + length + HEAD_MAX);
        c->pending += write_answer(c->output + c->pending, value, length);
        if (!has_written(descriptor, c)) end(descriptor);
    }
}

static void watch(int poll, int descriptor, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = descriptor};
    epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
}

int main(int count, char **arguments) {
    static const struct option options[] = {
        {"slots", required_argument, 0, 's'}, {"audit", required_argument, 0, 'a'}, {"strict", no_argument, 0, 't'},
        {"redis", required_argument, 0, 'r'}, {"key", required_argument, 0, 'k'},   {0}};
    const char *audit = 0, *redis_port = 0, *key = "";
    int strict = 0;
    for (int option; (option = getopt_long(count, arguments, "", options, 0)) != -1;) {
        if (option == 's') table_size = strtoul(optarg, 0, 10);
        else if (option == 'a') audit = optarg;
        else if (option == 't') strict = 1;
        else if (option == 'r') redis_port = optarg;
        else if (option == 'k') key = optarg;
        else return 2;
    }
    FILE *file = count - optind == 2 && !(audit && redis_port) ? fopen(arguments[optind + 1], "rb") : NULL;
    if (!file || table_size == 0 || table_size & (table_size - 1))
        return fprintf(stderr, "usage: limit PORT FILE [--slots N] [--audit FILE [--strict] | --redis PORT --key KEY]\n"), 2;
    table = calloc(table_size, sizeof *table);
    body = malloc(1 << 24);
    body_length = fread(body, 1, 1 << 24, file);
    fclose(file);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[optind]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) return perror("limit"), 1;
    int poll = epoll_create1(0);
    watch(poll, listener, EPOLLIN);
    if (audit) start_audit(audit, strict), watch(poll, settled, EPOLLIN);
    if (redis_port) connect_redis(atoi(redis_port), key), watch(poll, redis, EPOLLIN);
    for (;;) {
        struct epoll_event events[256];
        int ready = epoll_wait(poll, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            int descriptor = events[i].data.fd;
            if (descriptor == settled) {
                release_answers();
            } else if (descriptor == redis) {
                answer_from_redis();
            } else if (descriptor != listener) {
                Connection *c = &connections[descriptor];
                if ((!c->is_held && !has_written(descriptor, c)) || !has_served(descriptor, c)) end(descriptor);
            } else {
                int accepted = accept4(listener, 0, 0, SOCK_NONBLOCK);
                if (accepted < 0) continue;
                if (accepted >= DESCRIPTORS_MAX) { close(accepted); continue; }
                setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                connections[accepted].input = malloc(INPUT_MAX);
                // Edge-triggered for the sake of writing: what cannot be written now is written when there is room.
                watch(poll, accepted, EPOLLIN | EPOLLOUT | EPOLLET);
            }
        }
        announce();
        send_commands();
    }
}
