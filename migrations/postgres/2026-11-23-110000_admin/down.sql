DROP INDEX bundles_name_prefix;
DROP INDEX users_username_prefix;
DROP INDEX users_email_prefix;
DROP INDEX outbox_dead;
DROP INDEX audit_grant;
DROP INDEX audit_request;
