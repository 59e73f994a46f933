-- Failed passwords in a row: of a person, or of a name that nobody has. They slow further tries down and refuse none.
CREATE TABLE sign_in_failures (
    subject BIGINT NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at BIGINT NOT NULL,
    warned_at BIGINT
);
CREATE INDEX sign_in_failures_last_at ON sign_in_failures (last_at);

-- A code is good in the browser that asked for it; the email that carries it says which row it fills.
ALTER TABLE sign_in_codes ADD COLUMN asked_by BYTEA;
ALTER TABLE sign_in_codes ADD COLUMN letter_id BIGINT;
CREATE INDEX sign_in_codes_letter_id ON sign_in_codes (letter_id);

-- When somebody signed in last; none: never. Who has a password or a session did, for all that is known.
ALTER TABLE users ADD COLUMN signed_in_at BIGINT;
UPDATE users SET signed_in_at = created_at
WHERE password_hash IS NOT NULL
    OR EXISTS (SELECT 1 FROM sessions WHERE sessions.user_id = users.id)
    OR EXISTS (SELECT 1 FROM identities WHERE identities.user_id = users.id);
