#ifndef AMBASSADOR_CSQLITE_SHIM_H
#define AMBASSADOR_CSQLITE_SHIM_H

#include <sqlite3.h>

/* SQLITE_TRANSIENT is a cast that Swift does not import, and the functions of configuration are variadic. */

static inline int ambassador_bind_text(sqlite3_stmt *statement, int position, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_text64(statement, position, (const char *)bytes, count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static inline int ambassador_bind_blob(sqlite3_stmt *statement, int position, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_blob64(statement, position, bytes, count, SQLITE_TRANSIENT);
}

static inline int ambassador_db_config(sqlite3 *db, int option, int value) {
    return sqlite3_db_config(db, option, value, (int *)0);
}

static inline int ambassador_count_memory(int value) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, value);
}

#endif
