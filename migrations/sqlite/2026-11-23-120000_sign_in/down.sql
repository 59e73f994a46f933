ALTER TABLE sessions DROP COLUMN peer;
ALTER TABLE sessions DROP COLUMN agent;

DROP TABLE identities;
