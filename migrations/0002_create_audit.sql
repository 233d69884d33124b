-- Flows, tenants, targets and nodes by number; day is the last day since 1970 on which a record named it.
CREATE TABLE names (
    id INTEGER PRIMARY KEY,
    day INTEGER NOT NULL,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- What was asked, once a day for each text that recurs; rows are only ever appended, and a record names one of its own day.
CREATE TABLE audit_inputs (
    id INTEGER PRIMARY KEY,
    day INTEGER NOT NULL,
    hash BLOB NOT NULL,               -- the input hash, 32 bytes
    text TEXT                         -- NULL where inputs are not kept, or no longer
) STRICT;

CREATE TABLE audit_answers (
    id INTEGER PRIMARY KEY,
    day INTEGER NOT NULL,
    text TEXT
) STRICT;

-- The closed words of records by number; numbers are never given to another word.
CREATE TABLE audit_words (
    code INTEGER PRIMARY KEY,
    word TEXT NOT NULL
) STRICT;

INSERT INTO audit_words (code, word) VALUES
    (1, 'hit'), (2, 'stale'), (3, 'miss'), (4, 'collapsed'), (5, 'bypass'), (6, 'degraded'), (7, 'rejected'), (8, 'refused'),
    (9, 'failed'), (10, 'abandoned'),
    (20, 'memory'), (21, 'redis'), (22, 'store'), (23, 'stale'), (24, 'fallback'), (25, 'session'), (26, 'policy'),
    (40, 'run-flow'), (41, 'langflow-run'), (42, 'none'),
    (60, 'malformed_request'), (61, 'malformed_json'), (62, 'invalid_field'), (63, 'forbidden'), (64, 'unknown_flow'),
    (65, 'unknown_route'), (66, 'method_not_allowed'), (67, 'client_timeout'), (68, 'body_too_large'),
    (69, 'target_too_long'), (70, 'unsupported_media_type'), (71, 'expectation_failed'), (72, 'header_too_large'),
    (73, 'not_implemented'), (74, 'http_version'), (75, 'upstream_unreachable'), (76, 'upstream_timeout'),
    (77, 'upstream_invalid'), (78, 'upstream_credential'), (79, 'upstream_failed'), (80, 'breaker_open'), (81, 'overloaded'),
    (82, 'audit_unavailable'), (83, 'internal_error');

CREATE TABLE audit_records (
    id INTEGER PRIMARY KEY,           -- grows with every record, never given twice
    time INTEGER NOT NULL,            -- milliseconds since 1970: when the request began
    trace_high INTEGER NOT NULL,
    trace_low INTEGER NOT NULL,
    node INTEGER NOT NULL,            -- names
    route INTEGER NOT NULL,           -- audit_words
    tenant INTEGER NOT NULL,          -- names
    flow INTEGER,                     -- names
    target INTEGER,                   -- names
    outcome INTEGER NOT NULL,         -- audit_words
    detail INTEGER,                   -- audit_words
    status INTEGER NOT NULL,
    error INTEGER,                    -- audit_words
    total_us INTEGER NOT NULL,
    upstream_us INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    request_bytes INTEGER NOT NULL,
    response_bytes INTEGER NOT NULL,
    input_tokens INTEGER,
    output_tokens INTEGER,
    cost_nanos INTEGER NOT NULL,
    saved_nanos INTEGER NOT NULL,
    age_s INTEGER,
    input INTEGER,                    -- audit_inputs
    answer INTEGER,                   -- audit_answers
    principal TEXT,                   -- not in names: goes with its record
    client_address TEXT
) STRICT;

CREATE INDEX audit_by_time ON audit_records (time);
CREATE INDEX audit_by_flow ON audit_records (flow, time);
-- Trace ids are random: one index over all of them would touch a page of its own for every record. By runs of 16,384 records
-- the writes stay within a few pages, and a look-up asks each run once.
CREATE INDEX audit_by_trace ON audit_records (id >> 14, trace_low);

-- Numbers that outlive the rows that they count.
CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Records as people read them.
CREATE VIEW audit AS
SELECT
    r.id AS id,
    strftime('%Y-%m-%dT%H:%M:%fZ', r.time / 1000.0, 'unixepoch') AS time,
    printf('%016x%016x', r.trace_high, r.trace_low) AS trace_id,
    (SELECT name FROM names WHERE id = r.node) AS node,
    (SELECT word FROM audit_words WHERE code = r.route) AS route,
    t.name AS tenant,
    r.principal AS principal,
    f.name AS flow,
    (SELECT name FROM names WHERE id = r.target) AS target,
    (SELECT word FROM audit_words WHERE code = r.outcome) AS outcome,
    (SELECT word FROM audit_words WHERE code = r.detail) AS detail,
    r.status AS status,
    (SELECT word FROM audit_words WHERE code = r.error) AS error,
    r.total_us / 1000.0 AS latency_ms,
    r.upstream_us / 1000.0 AS upstream_ms,
    r.attempts AS attempts,
    r.request_bytes AS request_bytes,
    r.response_bytes AS response_bytes,
    r.input_tokens AS input_tokens,
    r.output_tokens AS output_tokens,
    r.cost_nanos / 1000000000.0 AS cost,
    r.saved_nanos / 1000000000.0 AS saved,
    r.age_s AS age_s,
    r.client_address AS client_address,
    (SELECT lower(hex(hash)) FROM audit_inputs WHERE id = r.input) AS input_hash,
    (SELECT text FROM audit_inputs WHERE id = r.input) AS input,
    (SELECT text FROM audit_answers WHERE id = r.answer) AS answer,
    r.time AS time_ms
FROM audit_records AS r
LEFT JOIN names AS f ON f.id = r.flow
LEFT JOIN names AS t ON t.id = r.tenant;
