ALTER TABLE outbox DROP COLUMN address;
DROP TABLE account_changes;
ALTER TABLE users DROP COLUMN decides_from;
