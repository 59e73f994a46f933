-- Whether the person chose language and time zone. Until then pages are in the language of their browser.
ALTER TABLE users ADD COLUMN is_language_chosen BOOLEAN NOT NULL DEFAULT FALSE;
