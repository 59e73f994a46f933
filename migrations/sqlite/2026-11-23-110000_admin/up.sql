-- The story of one request or grant, out of an audit however long.
CREATE INDEX audit_request ON audit (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX audit_grant ON audit (grant_id) WHERE grant_id IS NOT NULL;

-- The letters that were given up: few among many.
CREATE INDEX outbox_dead ON outbox (id) WHERE state = 'dead';

-- What begins like what an administrator types; of those that are gone too.
CREATE INDEX users_email_prefix ON users (email);
CREATE INDEX users_username_prefix ON users (username);
CREATE INDEX bundles_name_prefix ON bundles (name);
