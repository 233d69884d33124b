-- What callers ask of the cache with a Cache-Control of their own.
INSERT INTO audit_words (code, word) VALUES (30, 'no-store'), (100, 'not_stored');
