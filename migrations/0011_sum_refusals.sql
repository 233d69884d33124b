-- Requests of callers who were not identified, summed: a row for each second, client address and error. In other rows `count` is NULL.
ALTER TABLE audit_records ADD COLUMN count INTEGER;
CREATE INDEX audit_summed ON audit_records (id) WHERE count IS NOT NULL;

-- Ids are given without gaps, so that those which are not there any more tell how many are.
INSERT OR REPLACE INTO counters (name, value) VALUES (
    'audit_removed',
    max(
        coalesce((SELECT max(id) FROM audit_records), 0),
        coalesce((SELECT value FROM counters WHERE name = 'audit_next_id'), 1) - 1
    ) - (SELECT count(*) FROM audit_records)
);

-- Changes that were refused, summed likewise: a row for each second and caller.
ALTER TABLE admin_changes ADD COLUMN count INTEGER NOT NULL DEFAULT 1;
CREATE INDEX admin_refusals ON admin_changes (id) WHERE outcome = 'refused';

-- Requests that were answered and could not be recorded.
CREATE TABLE audit_gaps (
    id INTEGER PRIMARY KEY,
    since INTEGER NOT NULL,           -- milliseconds since 1970: when the first and the last of them began
    until INTEGER NOT NULL,
    count INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT;

-- Texts that are still there, in the order in which they go.
CREATE INDEX audit_inputs_by_day ON audit_inputs (day) WHERE text IS NOT NULL;
CREATE INDEX audit_answers_by_day ON audit_answers (day) WHERE text IS NOT NULL;

INSERT OR REPLACE INTO counters (name, value) VALUES (
    'audit_text_bytes',
    coalesce((SELECT sum(length(CAST(text AS BLOB))) FROM audit_inputs), 0)
        + coalesce((SELECT sum(length(CAST(text AS BLOB))) FROM audit_answers), 0)
);

-- Records one after another that share their texts with no others; the last stretch is open and its ends are NULL.
CREATE TABLE audit_stretches (
    first_record INTEGER PRIMARY KEY,
    last_record INTEGER,
    removed INTEGER NOT NULL DEFAULT 0,   -- of its records
    first_input INTEGER NOT NULL,
    last_input INTEGER,
    first_answer INTEGER NOT NULL,
    last_answer INTEGER
) STRICT;

INSERT INTO audit_stretches (first_record, removed, first_input, first_answer)
VALUES (1, (SELECT value FROM counters WHERE name = 'audit_removed'), 1, 1);

-- With `count`: how many requests a row stands for.
DROP VIEW audit;
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
    coalesce(r.count, 1) AS count,
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
