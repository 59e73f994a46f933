-- By what names are compared: composed, case folded, without invisible characters (src/domain/name.rs). No database folds
-- beyond ASCII as the other does, so the program makes the keys (src/store/names.rs). A row without keys was written by an
-- older program and gets them from the next one that runs. Where two names have become one, the older row has it and the
-- other is contested.
ALTER TABLE users ADD COLUMN username_key TEXT;
ALTER TABLE users ADD COLUMN username_shape TEXT;
ALTER TABLE users ADD COLUMN first_name_key TEXT;
ALTER TABLE users ADD COLUMN last_name_key TEXT;
ALTER TABLE users ADD COLUMN is_name_contested BOOLEAN NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX users_username_key ON users (username_key) WHERE deleted_at IS NULL AND NOT is_name_contested;
CREATE UNIQUE INDEX users_username_shape ON users (username_shape) WHERE deleted_at IS NULL AND NOT is_name_contested;
CREATE INDEX users_username_key_prefix ON users (username_key text_pattern_ops);
CREATE INDEX users_first_name_key_prefix ON users (first_name_key text_pattern_ops);
CREATE INDEX users_last_name_key_prefix ON users (last_name_key text_pattern_ops);
CREATE INDEX users_without_keys ON users (id) WHERE username_key IS NULL;
CREATE INDEX users_contested ON users (id) WHERE is_name_contested;

ALTER TABLE user_groups ADD COLUMN name_key TEXT;
ALTER TABLE user_groups ADD COLUMN is_name_contested BOOLEAN NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX user_groups_name_key ON user_groups (name_key) WHERE deleted_at IS NULL AND NOT is_name_contested;
CREATE INDEX user_groups_name_key_prefix ON user_groups (name_key text_pattern_ops);
CREATE INDEX user_groups_without_key ON user_groups (id) WHERE name_key IS NULL;
CREATE INDEX user_groups_contested ON user_groups (id) WHERE is_name_contested;

ALTER TABLE bundles ADD COLUMN name_key TEXT;
ALTER TABLE bundles ADD COLUMN is_name_contested BOOLEAN NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX bundles_name_key ON bundles (name_key) WHERE deleted_at IS NULL AND NOT is_name_contested;
CREATE INDEX bundles_name_key_prefix ON bundles (name_key text_pattern_ops);
CREATE INDEX bundles_without_key ON bundles (id) WHERE name_key IS NULL;
CREATE INDEX bundles_contested ON bundles (id) WHERE is_name_contested;

-- What the maker of a share calls it, where that is anything.
ALTER TABLE grants ADD COLUMN comment_key TEXT;
CREATE INDEX grants_without_key ON grants (id) WHERE comment_key IS NULL AND comment <> '';

-- Whoever changes a name without its key leaves no key.
CREATE FUNCTION users_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.username_key := NULL;
    NEW.username_shape := NULL;
    NEW.first_name_key := NULL;
    NEW.last_name_key := NULL;
    NEW.is_name_contested := FALSE;
    RETURN NEW;
END
$$;
CREATE TRIGGER users_renamed BEFORE UPDATE OF username, first_name, last_name ON users
    FOR EACH ROW EXECUTE FUNCTION users_renamed();
CREATE FUNCTION grants_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.comment <> OLD.comment AND NEW.comment_key IS NOT DISTINCT FROM OLD.comment_key THEN
        NEW.comment_key := NULL;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER grants_renamed BEFORE UPDATE OF comment ON grants FOR EACH ROW EXECUTE FUNCTION grants_renamed();
