-- Entries in the order in which they come. Numbered by a hash, each one went into a page of its own, and so did its lines in the indexes
-- by target and tenant, which end in that number; with a million entries each insertion read and wrote three pages at random. Now only
-- the index over the keys is at random, 500 keys a page.
ALTER TABLE entries RENAME TO entries_by_key;

CREATE TABLE entries (
    id INTEGER PRIMARY KEY,           -- in the order of insertion
    key INTEGER NOT NULL,             -- 64 bits mixed from scope and input hash; the full key is compared on every read
    stored_at INTEGER NOT NULL,       -- milliseconds since 1970
    expires_at INTEGER NOT NULL,      -- milliseconds since 1970: of no use to anybody afterwards
    size INTEGER NOT NULL,            -- bytes that the row takes in the file, estimated
    tenant TEXT NOT NULL,
    target TEXT NOT NULL,
    scope BLOB NOT NULL,              -- 16 bytes
    input_hash BLOB NOT NULL,         -- 32 bytes
    checksum BLOB NOT NULL,           -- SHA-256 over everything that is served
    lifetime_max_us INTEGER,          -- what LangFlow's own headers allow
    upstream_us INTEGER NOT NULL,
    input_tokens INTEGER,
    output_tokens INTEGER,
    session_offsets BLOB NOT NULL,    -- 32-bit little-endian offsets into body
    text BLOB NOT NULL,               -- UTF-8
    input BLOB,                       -- UTF-8
    body BLOB NOT NULL,
    form INTEGER NOT NULL DEFAULT 0   -- 0 is a JSON document, 1 the records of a stream
) STRICT;

INSERT INTO entries (
    key, stored_at, expires_at, size, tenant, target, scope, input_hash, checksum, lifetime_max_us, upstream_us, input_tokens,
    output_tokens, session_offsets, text, input, body, form
)
SELECT
    id, stored_at, expires_at, size, tenant, target, scope, input_hash, checksum, lifetime_max_us, upstream_us, input_tokens,
    output_tokens, session_offsets, text, input, body, form
FROM entries_by_key ORDER BY stored_at;

DROP TABLE entries_by_key;

CREATE UNIQUE INDEX entries_by_key ON entries (key);
CREATE INDEX entries_by_age ON entries (stored_at, size);
CREATE INDEX entries_by_expiry ON entries (expires_at);
CREATE INDEX entries_by_target ON entries (target, tenant);
CREATE INDEX entries_by_tenant ON entries (tenant);
