-- Why a request failed or was refused, where `error` leaves it open: one word of a closed list, and the issuer of a refused credential
-- as the configuration names it. NULL in most rows.
ALTER TABLE audit_records ADD COLUMN error_detail TEXT;
ALTER TABLE audit_records ADD COLUMN issuer TEXT;

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
    r.error_detail AS error_detail,
    r.issuer AS issuer,
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
