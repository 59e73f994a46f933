-- What is open to a whole kind of people, without the links: what else somebody may see is looked for among them.
CREATE INDEX grants_kind ON grants (grantee_kind) WHERE grantee_id IS NULL AND grantee_kind <> 'public_link';
