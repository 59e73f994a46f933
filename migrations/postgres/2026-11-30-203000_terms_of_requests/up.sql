-- The resources of the bundle that a request is limited to: a JSON list of URIs. None: the whole bundle.
ALTER TABLE requests ADD COLUMN resources TEXT;
-- What an approval gave, where that is not simply the whole bundle as asked: {"level", "until_at", "resources"}. An older program
-- does not know of `resources` and would give the whole bundle: the constraint refuses that approval.
ALTER TABLE requests ADD COLUMN given TEXT CHECK (given IS NOT NULL OR resources IS NULL OR state <> 'approved');
