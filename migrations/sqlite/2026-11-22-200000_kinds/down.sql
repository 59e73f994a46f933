DROP INDEX grants_kind;
