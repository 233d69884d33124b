-- Whether what LangFlow, or a cache before it, said of an answer forbids to serve it once it is stale.
ALTER TABLE entries ADD COLUMN forbids_stale INTEGER NOT NULL DEFAULT 0;

-- Why requests fail whose answer was cut, was given by a gateway, or was asked for too often.
INSERT INTO audit_words (code, word) VALUES (113, 'connection_lost'), (114, 'upstream_gateway'), (115, 'upstream_limited');
