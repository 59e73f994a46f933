-- The invitations {from} to {to}: each of another person to another crate, with a token that its number tells.
INSERT INTO crate_owner_invitations (invited_user_id, invited_by_user_id, crate_id, token)
SELECT i % 10000, 9999 - i % 10000, (i / 10000 + i) % 10000, substr(md5(i::text), 1, 26)
FROM generate_series({from}, {to}) AS i;
