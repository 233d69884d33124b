-- What operators have decided about single answers; nothing but an operator removes it.
CREATE TABLE curation (
    scope BLOB NOT NULL,              -- 16 bytes
    input_hash BLOB NOT NULL,         -- 32 bytes
    kind TEXT NOT NULL,               -- pin, tombstone
    time INTEGER NOT NULL,            -- milliseconds since 1970
    author TEXT NOT NULL,
    reason TEXT NOT NULL,
    checksum BLOB NOT NULL,           -- SHA-256 over key, kind and everything that is served
    body BLOB,                        -- of a pin, as are the rest
    session_offsets BLOB,             -- 32-bit little-endian offsets into body
    text BLOB,                        -- UTF-8
    PRIMARY KEY (scope, input_hash)
) STRICT;

INSERT INTO audit_words (code, word) VALUES (31, 'pinned'), (32, 'tombstone');
