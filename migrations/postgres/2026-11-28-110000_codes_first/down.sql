DROP INDEX outbox_codes;
