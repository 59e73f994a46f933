-- When the decider of a pending request is reminded next, and the grant whose time a request asks to have prolonged.
ALTER TABLE requests ADD COLUMN remind_at BIGINT;
ALTER TABLE requests ADD COLUMN renews_id BIGINT;
UPDATE requests SET remind_at = created_at + ttl_seconds * 500000 WHERE state = 'pending' AND ttl_seconds >= 172800;
CREATE INDEX requests_remind ON requests (remind_at) WHERE state = 'pending' AND remind_at IS NOT NULL;
CREATE INDEX requests_bounced ON requests (expires_at) WHERE state = 'pending' AND mail_state = 'bounced';

-- From when a prolonged grant's present time is counted, and who has access that ends, by its end.
ALTER TABLE grants ADD COLUMN term_at BIGINT;
CREATE INDEX grants_ends ON grants (ends_at, id) WHERE ends_at IS NOT NULL AND revoked_at IS NULL;

-- One summary a day to each administrator, of whom there are few among many.
CREATE UNIQUE INDEX outbox_summary_once ON outbox (user_id, generation) WHERE kind = 'summary';
CREATE INDEX users_admins ON users (id) WHERE is_admin AND deleted_at IS NULL;
