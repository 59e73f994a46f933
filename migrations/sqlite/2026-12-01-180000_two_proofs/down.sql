DROP TABLE remembered_browsers;
ALTER TABLE sessions DROP COLUMN last_visit_at;
ALTER TABLE sessions DROP COLUMN mailbox_at;
