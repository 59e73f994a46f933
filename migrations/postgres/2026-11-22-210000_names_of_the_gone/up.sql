-- Shares outlive what they are of and whom they are from and to, and are found by the names these had. Beside the unique
-- indexes over those that are here, and as small as the others are few.
CREATE INDEX users_gone ON users (username) WHERE deleted_at IS NOT NULL;
CREATE INDEX user_groups_gone ON user_groups (name) WHERE deleted_at IS NOT NULL;
CREATE INDEX resources_gone ON resources (uri) WHERE deleted_at IS NOT NULL;
