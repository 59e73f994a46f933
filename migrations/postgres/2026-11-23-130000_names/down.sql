DROP INDEX users_first_name_prefix;
DROP INDEX users_last_name_prefix;
