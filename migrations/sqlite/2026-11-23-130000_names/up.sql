-- Whoever's name begins like what an administrator types.
CREATE INDEX users_last_name_prefix ON users (last_name);
CREATE INDEX users_first_name_prefix ON users (first_name);
