-- Apps, each with one key or more. An app has the id of its first key, which stands in `key_id` of what the app filed and in
-- blocks and limits, so these rows stay as they are.
CREATE TABLE apps (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    redeem_urls TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
INSERT INTO apps (id, name, redeem_urls, created_at) SELECT id, name, '', created_at FROM api_keys;
ALTER TABLE api_keys ADD COLUMN app_id BIGINT REFERENCES apps (id);
UPDATE api_keys SET app_id = id;
CREATE INDEX api_keys_app ON api_keys (app_id);
-- An older program adds keys without an app.
CREATE TRIGGER api_keys_without_app AFTER INSERT ON api_keys WHEN NEW.app_id IS NULL BEGIN
    INSERT INTO apps (id, name, redeem_urls, created_at) VALUES (NEW.id, NEW.name, '', NEW.created_at);
    UPDATE api_keys SET app_id = NEW.id WHERE id = NEW.id;
END;
