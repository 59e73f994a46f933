-- The resources of the bundle that a request is limited to: a JSON list of URIs. None: the whole bundle.
ALTER TABLE requests ADD COLUMN resources TEXT;
-- What an approval gave, where that is not simply what was asked: {"level", "until_at", "resources"}.
ALTER TABLE requests ADD COLUMN given TEXT;
