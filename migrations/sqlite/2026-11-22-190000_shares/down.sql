DROP INDEX outbox_share_once;
ALTER TABLE outbox DROP COLUMN grant_id;

DROP INDEX resources_owner;
DROP INDEX grant_resources_resource;
ALTER TABLE grant_resources DROP COLUMN grantee_id;
CREATE INDEX grant_resources_resource ON grant_resources (resource_id);

DROP INDEX grants_tenant;
DROP INDEX grants_owner;
DROP INDEX grants_bundle;
DROP INDEX grants_grantor;
DROP INDEX grants_grantee;
CREATE INDEX grants_grantee ON grants (grantee_id, bundle_id, grantor_id) WHERE revoked_at IS NULL;
CREATE INDEX grants_grantor ON grants (grantor_id) WHERE revoked_at IS NULL;
CREATE INDEX grants_bundle ON grants (bundle_id) WHERE revoked_at IS NULL;
ALTER TABLE grants DROP COLUMN deleted_at;
ALTER TABLE grants DROP COLUMN updated_by;
ALTER TABLE grants DROP COLUMN attributes;
ALTER TABLE grants DROP COLUMN tenant;
ALTER TABLE grants DROP COLUMN owner_id;
