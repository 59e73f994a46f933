-- Shares made directly: whose data it is where somebody else shares it on, which tenant's, what its maker keeps with it, who
-- changed it last, and when it was deleted (a deleted grant is revoked too). No REFERENCES: a column that has one cannot be
-- dropped again on SQLite.
ALTER TABLE grants ADD COLUMN owner_id BIGINT;
ALTER TABLE grants ADD COLUMN tenant TEXT;
ALTER TABLE grants ADD COLUMN attributes TEXT;
ALTER TABLE grants ADD COLUMN updated_by BIGINT;
ALTER TABLE grants ADD COLUMN deleted_at BIGINT;
UPDATE grants SET owner_id = (SELECT bundles.owner_id FROM bundles WHERE bundles.id = grants.bundle_id)
    WHERE parent_id IS NOT NULL;

-- Lists show revoked grants too, so the indexes hold them; the second column finds what one person gave another.
DROP INDEX grants_grantee;
DROP INDEX grants_grantor;
DROP INDEX grants_bundle;
CREATE INDEX grants_grantee ON grants (grantee_id, bundle_id, grantor_id);
CREATE INDEX grants_grantor ON grants (grantor_id, grantee_id);
CREATE INDEX grants_bundle ON grants (bundle_id) WHERE bundle_id IS NOT NULL;
CREATE INDEX grants_owner ON grants (owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX grants_tenant ON grants (tenant) WHERE tenant IS NOT NULL;

-- To whom, beside what: one look finds what somebody holds on a resource, however many hold it and however much they hold.
ALTER TABLE grant_resources ADD COLUMN grantee_id BIGINT;
UPDATE grant_resources SET grantee_id = (SELECT grants.grantee_id FROM grants WHERE grants.id = grant_resources.grant_id);
DROP INDEX grant_resources_resource;
CREATE INDEX grant_resources_resource ON grant_resources (resource_id, grantee_id);
CREATE INDEX resources_owner ON resources (owner_id) WHERE deleted_at IS NULL;

-- A letter can be about a grant that no request led to.
ALTER TABLE outbox ADD COLUMN grant_id BIGINT;
CREATE UNIQUE INDEX outbox_share_once ON outbox (grant_id, user_id, kind, generation) WHERE grant_id IS NOT NULL;
