-- Streams are stored as the records that LangFlow sent: 0 is a JSON document, 1 the records of a stream.
ALTER TABLE entries ADD COLUMN form INTEGER NOT NULL DEFAULT 0;

-- The OpenAI-compatible call.
INSERT INTO audit_words (code, word) VALUES (43, 'responses');
