CREATE TABLE users_anew (
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
INSERT INTO users_anew SELECT * FROM users ORDER BY id;
DROP TABLE users;
ALTER TABLE users_anew RENAME TO users;
CREATE UNIQUE INDEX users_username ON users (username) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX users_email ON users (email) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX users_eth_address ON users (eth_address) WHERE deleted_at IS NULL;
CREATE INDEX users_gone ON users (username) WHERE deleted_at IS NOT NULL;
CREATE INDEX users_admins ON users (id) WHERE is_admin AND deleted_at IS NULL;
CREATE INDEX users_email_prefix ON users (email);
CREATE INDEX users_username_prefix ON users (username);
CREATE INDEX users_last_name_prefix ON users (last_name);
CREATE INDEX users_first_name_prefix ON users (first_name);

CREATE TABLE user_groups_anew (
    id BIGINT NOT NULL PRIMARY KEY REFERENCES principals (id),
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT
);
INSERT INTO user_groups_anew SELECT * FROM user_groups ORDER BY id;
DROP TABLE user_groups;
ALTER TABLE user_groups_anew RENAME TO user_groups;
CREATE UNIQUE INDEX user_groups_name ON user_groups (name) WHERE deleted_at IS NULL;
CREATE INDEX user_groups_gone ON user_groups (name) WHERE deleted_at IS NOT NULL;
