DROP INDEX audit_added;
DROP INDEX requests_decided;
ALTER TABLE requests DROP COLUMN target_as;
ALTER TABLE requests DROP COLUMN allowed_as;
ALTER TABLE grants DROP COLUMN grantee_as;
