// The hot cache of the bare server: each question is a GET of one and the same key, all of a turn's in one write, over one connection.
enum { ASKED_MAX = 1 << 16, REPLIES_MAX = 1 << 22 };

static int redis = -1;
static char command[256], *commands;
static size_t command_length, commands_length;
static int asked[ASKED_MAX];
static unsigned asked_end, asked_begin;
static char *replies;
static size_t replies_length, replies_read;

static void connect_redis(int port, const char *key) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int on = 1;
    redis = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(redis, (struct sockaddr *)&address, sizeof address)) perror("limit: redis"), exit(1);
    setsockopt(redis, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    command_length = snprintf(command, sizeof command, "*2\r\n$3\r\nGET\r\n$%zu\r\n%s\r\n", strlen(key), key);
    commands = malloc(ASKED_MAX * command_length);
    replies = malloc(REPLIES_MAX);
}

static void ask_redis(int descriptor) {
    memcpy(commands + commands_length, command, command_length);
    commands_length += command_length;
    asked[asked_end++ % ASKED_MAX] = descriptor;
}

static void send_commands(void) {
    if (commands_length == 0) return;
    if (write(redis, commands, commands_length) != (ssize_t)commands_length) perror("limit: redis"), exit(1);
    commands_length = 0;
}

static void read_replies(void) {
    memmove(replies, replies + replies_read, replies_length - replies_read);
    replies_length -= replies_read;
    replies_read = 0;
    ssize_t count = read(redis, replies + replies_length, REPLIES_MAX - replies_length);
    if (count <= 0) fprintf(stderr, "limit: redis is gone\n"), exit(1);
    replies_length += count;
}

// The connection that the next value is for; -1 where none is there as a whole.
static int next_value(const char **value, size_t *length) {
    char *line = replies + replies_read, *end = replies + replies_length;
    char *line_end = memchr(line, '\n', end - line);
    if (!line_end) return -1;
    if (line[0] != '$' || line[1] == '-') fprintf(stderr, "limit: redis has no value\n"), exit(1);
    *length = strtoul(line + 1, 0, 10);
    if ((size_t)(end - line_end - 1) < *length + 2) return -1;
    *value = line_end + 1;
    replies_read = *value + *length + 2 - replies;
    return asked[asked_begin++ % ASKED_MAX];
}
