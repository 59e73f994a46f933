-- After somebody else changed how a person is identified, the person decides nothing until this time.
ALTER TABLE users ADD COLUMN decides_from BIGINT;

-- Such a change while it holds: the address that can confirm it, which is the one before the first change, and what was changed
-- last. `secret_hash` is that of the link in the email to this address.
CREATE TABLE account_changes (
    user_id BIGINT PRIMARY KEY REFERENCES users (id),
    email TEXT NOT NULL,
    what TEXT NOT NULL,
    secret_hash BLOB,
    created_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);

-- The address of an email that does not go to the present address of its reader.
ALTER TABLE outbox ADD COLUMN address TEXT;
