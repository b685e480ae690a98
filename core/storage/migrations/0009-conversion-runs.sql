-- How runs came about, with which definition, and whether they still stand.

-- The definitions that runs were made with, each once.
CREATE TABLE xrm.conversion_definition (
  digest text PRIMARY KEY,
  conversion text NOT NULL,
  body jsonb NOT NULL
);

ALTER TABLE xrm.conversion_run
  ADD COLUMN status text NOT NULL DEFAULT 'standing' CHECK (status IN ('standing', 'reversed', 'declined')),
  ADD COLUMN channel text NOT NULL DEFAULT 'api' CHECK (channel IN ('button', 'list', 'api', 'rule', 'import', 'form')),
  -- The key of the trigger that started it.
  ADD COLUMN trigger text,
  -- Null: made by a release that did not keep it.
  ADD COLUMN definition text REFERENCES xrm.conversion_definition (digest),
  ADD COLUMN reversible_until timestamptz,
  ADD COLUMN reversed_at timestamptz,
  ADD COLUMN reversed_by uuid;

DROP INDEX xrm.conversion_run_once;
CREATE UNIQUE INDEX conversion_run_once ON xrm.conversion_run (conversion, source) WHERE once AND status = 'standing';
