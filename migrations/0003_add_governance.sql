-- Why requests are turned away since there are identities, limits and budgets.
INSERT INTO audit_words (code, word) VALUES
    (84, 'unauthenticated'), (85, 'rate_limited'), (86, 'budget_exhausted'), (87, 'identity_unavailable');

-- What operators changed, or tried to, through the admin API; few, and kept for as long as there is a file.
CREATE TABLE admin_changes (
    id INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,            -- milliseconds since 1970
    principal TEXT NOT NULL,
    tenant TEXT,                      -- the one that the credential is bound to
    client_address TEXT NOT NULL,     -- without its port, or unix
    action TEXT NOT NULL,             -- the permission that it takes
    subject TEXT NOT NULL,            -- what was to be changed
    outcome TEXT NOT NULL,            -- done, refused, failed
    detail TEXT NOT NULL
) STRICT;
