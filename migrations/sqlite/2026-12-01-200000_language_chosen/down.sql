ALTER TABLE users DROP COLUMN is_language_chosen;
