DROP INDEX users_admins;
DROP INDEX outbox_summary_once;

DROP INDEX grants_ends;
ALTER TABLE grants DROP COLUMN term_at;

DROP INDEX requests_bounced;
DROP INDEX requests_remind;
ALTER TABLE requests DROP COLUMN renews_id;
ALTER TABLE requests DROP COLUMN remind_at;
