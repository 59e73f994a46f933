-- PostgreSQL has always found them so.
SELECT 1;
