-- The schema `xrm` itself is there already: it holds the table of migrations.
-- Trigrams for substring search. A database whose owner has put the extension elsewhere keeps it there.
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA xrm;
