DROP TRIGGER api_keys_without_app ON api_keys;
DROP FUNCTION api_keys_without_app();
DROP INDEX api_keys_app;
ALTER TABLE api_keys DROP COLUMN app_id;
DROP TABLE apps;
