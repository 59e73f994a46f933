DROP INDEX resources_gone;
DROP INDEX user_groups_gone;
DROP INDEX users_gone;
