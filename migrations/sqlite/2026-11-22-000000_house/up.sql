-- Times are microseconds since 1970 (UTC) in a BIGINT: the same eight bytes on both databases, and half an index page of text.
-- Ids are made by the database, may have gaps, and are never used again.

CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Users and groups share one space of ids.
CREATE TABLE principals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('user', 'group'))
);

CREATE TABLE users (
    id BIGINT NOT NULL PRIMARY KEY REFERENCES principals (id),
    username TEXT NOT NULL,
    email TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    locale TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    is_external BOOLEAN NOT NULL,
    is_admin BOOLEAN NOT NULL,
    password_hash TEXT,
    eth_address TEXT,
    tenant TEXT,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX users_username ON users (username) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX users_email ON users (email) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX users_eth_address ON users (eth_address) WHERE deleted_at IS NULL;

CREATE TABLE user_groups (
    id BIGINT NOT NULL PRIMARY KEY REFERENCES principals (id),
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX user_groups_name ON user_groups (name) WHERE deleted_at IS NULL;

CREATE TABLE group_members (
    user_id BIGINT NOT NULL REFERENCES users (id),
    group_id BIGINT NOT NULL REFERENCES user_groups (id),
    PRIMARY KEY (user_id, group_id)
) WITHOUT ROWID;
CREATE INDEX group_members_group ON group_members (group_id);

CREATE TABLE resources (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uri TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    owner_id BIGINT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX resources_uri ON resources (uri) WHERE deleted_at IS NULL;

CREATE TABLE bundles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    owner_id BIGINT REFERENCES users (id),
    level TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX bundles_name ON bundles (name) WHERE deleted_at IS NULL;
CREATE INDEX bundles_owner ON bundles (owner_id) WHERE deleted_at IS NULL;

CREATE TABLE bundle_resources (
    bundle_id BIGINT NOT NULL REFERENCES bundles (id),
    resource_id BIGINT NOT NULL REFERENCES resources (id),
    PRIMARY KEY (bundle_id, resource_id)
) WITHOUT ROWID;
CREATE INDEX bundle_resources_resource ON bundle_resources (resource_id);

CREATE TABLE api_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    user_id BIGINT REFERENCES users (id),
    secret_hash BLOB NOT NULL,
    scopes TEXT NOT NULL,
    redeem_urls TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX api_keys_user ON api_keys (user_id) WHERE revoked_at IS NULL;

CREATE TABLE access_tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    user_id BIGINT REFERENCES users (id),
    key_id BIGINT REFERENCES api_keys (id),
    secret_hash BLOB NOT NULL,
    may_write BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX access_tokens_user ON access_tokens (user_id);
CREATE INDEX access_tokens_expiry ON access_tokens (expires_at);

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id BIGINT NOT NULL REFERENCES users (id),
    secret_hash BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- A code is made by the worker as it sends the letter; only its hash is kept, bound to the row's own salt.
CREATE TABLE sign_in_codes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id BIGINT NOT NULL REFERENCES users (id),
    salt BLOB NOT NULL,
    code_hash BLOB,
    tries INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX sign_in_codes_user ON sign_in_codes (user_id);
CREATE INDEX sign_in_codes_expiry ON sign_in_codes (expires_at);

CREATE TABLE requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    initiator_id BIGINT REFERENCES users (id),
    key_id BIGINT REFERENCES api_keys (id),
    target_id BIGINT NOT NULL REFERENCES users (id),
    allowed_id BIGINT NOT NULL REFERENCES users (id),
    items_key TEXT NOT NULL,
    message TEXT,
    redeem_url TEXT,
    ttl_seconds BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    until_at BIGINT,
    until_seconds BIGINT,
    state TEXT NOT NULL,
    mail_state TEXT NOT NULL,
    letters INTEGER NOT NULL,
    last_letter_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by BIGINT REFERENCES users (id),
    reason TEXT,
    is_narrowed BOOLEAN NOT NULL,
    CHECK (initiator_id IS NOT NULL OR key_id IS NOT NULL)
);
-- One pending request for the same thing between the same people; also what waits for a decider.
CREATE UNIQUE INDEX requests_pending ON requests (target_id, allowed_id, items_key) WHERE state = 'pending';
CREATE INDEX requests_expiry ON requests (expires_at) WHERE state = 'pending';
CREATE INDEX requests_ended ON requests (decided_at) WHERE decided_at IS NOT NULL;
CREATE INDEX requests_target ON requests (target_id);
CREATE INDEX requests_allowed ON requests (allowed_id);
CREATE INDEX requests_initiator ON requests (initiator_id) WHERE initiator_id <> allowed_id;
CREATE INDEX requests_key ON requests (key_id) WHERE key_id IS NOT NULL;

CREATE TABLE request_items (
    request_id BIGINT NOT NULL REFERENCES requests (id),
    position INTEGER NOT NULL,
    bundle_id BIGINT REFERENCES bundles (id),
    resource_id BIGINT REFERENCES resources (id),
    level TEXT NOT NULL,
    PRIMARY KEY (request_id, position)
) WITHOUT ROWID;
CREATE INDEX request_items_bundle ON request_items (bundle_id);

CREATE TABLE tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    purpose TEXT NOT NULL,
    request_id BIGINT NOT NULL REFERENCES requests (id),
    user_id BIGINT NOT NULL REFERENCES users (id),
    address_hash BLOB NOT NULL,
    secret_hash BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX tokens_request ON tokens (request_id);

CREATE TABLE grants (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id TEXT NOT NULL,
    request_id BIGINT,
    parent_id BIGINT REFERENCES grants (id),
    grantor_id BIGINT NOT NULL REFERENCES users (id),
    grantee_kind TEXT NOT NULL,
    grantee_id BIGINT REFERENCES principals (id),
    bundle_id BIGINT REFERENCES bundles (id),
    level TEXT NOT NULL,
    reshare INTEGER NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT,
    is_enabled BOOLEAN NOT NULL,
    revoked_at BIGINT,
    revoked_by BIGINT REFERENCES users (id),
    comment TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_by BIGINT REFERENCES users (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX grants_request ON grants (request_id);
CREATE UNIQUE INDEX grants_public_id ON grants (public_id);
-- Also finds the one grant of a bundle between two people, however many the bundle has.
CREATE INDEX grants_grantee ON grants (grantee_id, bundle_id, grantor_id) WHERE revoked_at IS NULL;
CREATE INDEX grants_grantor ON grants (grantor_id) WHERE revoked_at IS NULL;
CREATE INDEX grants_bundle ON grants (bundle_id) WHERE revoked_at IS NULL;
CREATE INDEX grants_parent ON grants (parent_id) WHERE parent_id IS NOT NULL;

-- The resources a grant is limited to; none where it is for its whole bundle.
CREATE TABLE grant_resources (
    grant_id BIGINT NOT NULL REFERENCES grants (id),
    resource_id BIGINT NOT NULL REFERENCES resources (id),
    PRIMARY KEY (grant_id, resource_id)
) WITHOUT ROWID;
CREATE INDEX grant_resources_resource ON grant_resources (resource_id);

-- A letter waits here from the transaction that caused it until it is sent, dead or cancelled. While a worker has it,
-- next_at is the end of the lease and lease the worker's mark.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    request_id BIGINT REFERENCES requests (id),
    generation INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    ambiguous INTEGER NOT NULL,
    next_at BIGINT NOT NULL,
    lease BIGINT,
    token_id BIGINT,
    message_id TEXT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE UNIQUE INDEX outbox_once ON outbox (request_id, kind, generation);
CREATE INDEX outbox_due ON outbox (next_at) WHERE state = 'queued';
CREATE INDEX outbox_loose ON outbox (finished_at) WHERE request_id IS NULL;

CREATE TABLE idempotency_keys (
    caller TEXT NOT NULL,
    name TEXT NOT NULL,
    body_hash BLOB NOT NULL,
    status INTEGER NOT NULL,
    location TEXT,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (caller, name)
) WITHOUT ROWID;
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

-- After a decline: how often, and from when the same may be asked again.
CREATE TABLE cooldowns (
    target_id BIGINT NOT NULL REFERENCES users (id),
    allowed_id BIGINT NOT NULL REFERENCES users (id),
    items_key TEXT NOT NULL,
    declines INTEGER NOT NULL,
    until_at BIGINT NOT NULL,
    PRIMARY KEY (target_id, allowed_id, items_key)
) WITHOUT ROWID;

-- Whom a decider does not want to hear from: a user or a key.
CREATE TABLE blocks (
    decider_id BIGINT NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL CHECK (kind IN ('user', 'key')),
    blocked_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (decider_id, kind, blocked_id)
) WITHOUT ROWID;

-- Budgets by the generic cell rate algorithm: the moment at which the subject's bucket is full again.
CREATE TABLE budgets (
    kind TEXT NOT NULL,
    subject BIGINT NOT NULL,
    full_at BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
) WITHOUT ROWID;

-- One row a change, chained by hash. PostgreSQL keeps several chains, so that writers do not queue for one head.
CREATE TABLE audit (
    chain INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    event TEXT NOT NULL,
    actor_id BIGINT,
    key_id BIGINT,
    peer TEXT,
    request_id BIGINT,
    grant_id BIGINT,
    subject_id BIGINT,
    detail TEXT,
    hash BLOB NOT NULL,
    PRIMARY KEY (chain, seq)
) WITHOUT ROWID;

CREATE TABLE audit_heads (
    chain INTEGER NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash BLOB NOT NULL
);

INSERT INTO meta (name, value) VALUES ('epoch', '1');
INSERT INTO audit_heads (chain, seq, hash) VALUES (0, 0, X'');

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit is append-only');
END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit is append-only');
END;
