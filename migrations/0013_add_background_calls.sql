-- Calls to LangFlow that stand in the record of no request: of background refreshes, and those whose callers all left.
INSERT INTO audit_words (code, word) VALUES (11, 'refresh');
