-- What a caller called somebody (an address or a username), so that answers can repeat that and tell nothing else of a person
-- who has had no part in anything yet.
ALTER TABLE requests ADD COLUMN target_as TEXT;
ALTER TABLE requests ADD COLUMN allowed_as TEXT;
ALTER TABLE grants ADD COLUMN grantee_as TEXT;

-- Who decided for whom. Filing does not write to it.
CREATE INDEX requests_decided ON requests (decided_by, allowed_id, initiator_id, key_id) WHERE decided_by IS NOT NULL;

-- Who was added by hand, and not only named by somebody.
CREATE INDEX audit_added ON audit (subject_id) WHERE event = 'user.added';
