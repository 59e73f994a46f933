ALTER TABLE outbox DROP COLUMN enhanced_code;
ALTER TABLE outbox DROP COLUMN reply_code;
ALTER TABLE requests DROP COLUMN reason_code;
