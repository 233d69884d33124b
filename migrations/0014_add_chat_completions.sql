-- Requests by OpenAI's chat completions.
INSERT INTO audit_words (code, word) VALUES (44, 'chat-completions');
