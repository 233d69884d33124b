#define _GNU_SOURCE
#include "CProcess.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int argument_count = 0;
static char **argument_values = NULL;

/* A descriptor that the caller has closed would be given to the next file that is opened, and what is meant for standard output would
   be written into it: a key into the store, say. A folder in its place refuses reads and writes alike. */
static void take_standard_descriptors(void) {
    for (int descriptor = 0; descriptor <= 2; descriptor++) {
        while (fcntl(descriptor, F_GETFD) == -1 && errno == EBADF) {
            if (open("/", O_RDONLY | O_DIRECTORY) == -1) break;
        }
    }
}

/* Swift finds its arguments in /proc/self/cmdline, which a sandbox may hide; glibc hands them to every constructor. */
__attribute__((constructor)) static void begin(int count, char **values) {
    argument_count = count;
    argument_values = values;
    take_standard_descriptors();
}

int ambassador_argument_count(void) { return argument_values == NULL ? 0 : argument_count; }

const char *ambassador_argument(int position) {
    return position < 0 || position >= ambassador_argument_count() ? NULL : argument_values[position];
}

/* Whether it is /proc/NUMBER/stat. */
static int is_thread_status(const char *path) {
    if (strncmp(path, "/proc/", 6) != 0) return 0;
    const char *rest = path + 6;
    while (isdigit((unsigned char)*rest)) rest++;
    return rest > path + 6 && strcmp(rest, "/stat") == 0;
}

/* libdispatch, which runs Swift's tasks, looks once a second how busy its threads are, and ends the process where it cannot open
   /proc/NUMBER/stat for that: in a sandbox that hides /proc, and whenever no descriptor is left. A program's own `open` goes before
   the C library's. It gives libdispatch a descriptor that cannot be read, which to it is a thread that does not run just then. */
int open(const char *path, int flags, ...) {
    mode_t mode = 0;
    if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
    }
    int descriptor = openat(AT_FDCWD, path, flags, mode);
    return descriptor == -1 && is_thread_status(path) ? INT_MAX : descriptor;
}

/* Written before the first signal is caught, read by the handler alone. */
static volatile int signal_pipe = -1;

static void note_signal(int number) {
    int before = errno;
    unsigned char byte = (unsigned char)number;
    /* A pipe that is full holds more signals than anybody means. */
    if (write(signal_pipe, &byte, 1) == -1) { }
    errno = before;
}

int ambassador_catch_signals(const int *signals, int count) {
    int ends[2];
    if (signal_pipe != -1) {
        errno = EALREADY;
        return -1;
    }
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == -1) return -1;
    signal_pipe = ends[1];
    struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    for (int position = 0; position < count; position++) {
        if (sigaction(signals[position], &action, NULL) == -1) return -1;
    }
    return ends[0];
}
