ALTER TABLE users DROP COLUMN signed_in_at;

DROP INDEX sign_in_codes_letter_id;
ALTER TABLE sign_in_codes DROP COLUMN letter_id;
ALTER TABLE sign_in_codes DROP COLUMN asked_by;

DROP TABLE sign_in_failures;
