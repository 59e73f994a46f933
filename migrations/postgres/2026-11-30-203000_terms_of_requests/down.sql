ALTER TABLE requests DROP COLUMN given;
ALTER TABLE requests DROP COLUMN resources;
