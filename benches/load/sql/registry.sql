-- The tables around an invitation to own a crate, with the columns, keys and indexes that rust-lang/crates.io's have; the
-- token has no index. {pending} invitations that wait.

CREATE TABLE users (id INTEGER PRIMARY KEY);
CREATE TABLE crates (id INTEGER PRIMARY KEY);
CREATE TABLE crate_owners (
    crate_id INTEGER NOT NULL REFERENCES crates (id) ON DELETE CASCADE,
    owner_id INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL DEFAULT now(),
    created_by INTEGER REFERENCES users (id),
    deleted BOOLEAN NOT NULL DEFAULT false,
    updated_at TIMESTAMP NOT NULL DEFAULT now(),
    owner_kind INTEGER NOT NULL,
    email_notifications BOOLEAN NOT NULL DEFAULT true,
    PRIMARY KEY (crate_id, owner_id, owner_kind)
);
CREATE UNIQUE INDEX crate_owners_not_deleted ON crate_owners (crate_id, owner_id, owner_kind) WHERE NOT deleted;
CREATE TABLE crate_owner_invitations (
    invited_user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    invited_by_user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    crate_id INTEGER NOT NULL REFERENCES crates (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL DEFAULT now(),
    token TEXT NOT NULL,
    token_generated_at TIMESTAMP,
    PRIMARY KEY (invited_user_id, crate_id)
);

INSERT INTO users SELECT i FROM generate_series(0, 9999) AS i;
INSERT INTO crates SELECT i FROM generate_series(0, 9999) AS i;
