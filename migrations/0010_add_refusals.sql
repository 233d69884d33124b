-- Why requests are turned away that name another host, an unknown key, or meet a store that cannot be written.
INSERT INTO audit_words (code, word) VALUES (110, 'misdirected'), (111, 'unknown_key'), (112, 'store_unavailable');
