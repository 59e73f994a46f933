-- When somebody proved in this session that they read their mailbox: by a code, or by a remembered browser. NULL: not yet.
ALTER TABLE sessions ADD COLUMN mailbox_at BIGINT;
-- The earlier sign-in with the same browser: sessions that began later are new to the person.
ALTER TABLE sessions ADD COLUMN last_visit_at BIGINT;

-- Browsers in which a person proved their mailbox and which may stand for it at later sign-ins. `secret_hash` stays,
-- `value_hash` changes at each use, so that an old cookie shows that somebody copied it.
CREATE TABLE remembered_browsers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id BIGINT NOT NULL REFERENCES users (id),
    secret_hash BLOB NOT NULL,
    value_hash BLOB NOT NULL,
    agent TEXT NOT NULL,
    peer TEXT,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX remembered_browsers_user ON remembered_browsers (user_id);
CREATE INDEX remembered_browsers_expiry ON remembered_browsers (expires_at);
