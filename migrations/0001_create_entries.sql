-- Stored answers. The key is found by id: 64 bits mixed from scope and input hash; the full key is compared on every read.
CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
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
    body BLOB NOT NULL
) STRICT;

CREATE INDEX entries_by_age ON entries (stored_at, size);
CREATE INDEX entries_by_expiry ON entries (expires_at);
CREATE INDEX entries_by_target ON entries (target, tenant);
CREATE INDEX entries_by_tenant ON entries (tenant);
