-- Codes to sign in with, for which somebody waits, in front of all other letters.
CREATE INDEX outbox_codes ON outbox (next_at) WHERE state = 'queued' AND kind = 'sign_in_code';
