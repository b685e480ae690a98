-- Runs of conversions and where each value came from.

CREATE TABLE xrm.conversion_run (
  id uuid PRIMARY KEY,
  conversion text NOT NULL,
  -- The model version that it ran with.
  model bigint NOT NULL,
  source_entity text NOT NULL,
  source uuid NOT NULL,
  once boolean NOT NULL,
  -- Late writes to the source are refused.
  locks boolean NOT NULL,
  at timestamptz NOT NULL,
  actor uuid,
  -- What else it did: children, what did not come along.
  children jsonb NOT NULL,
  notes jsonb NOT NULL
);
-- At most one standing run per source and conversion, however many try at once.
CREATE UNIQUE INDEX conversion_run_once ON xrm.conversion_run (conversion, source) WHERE once;
CREATE INDEX conversion_run_source ON xrm.conversion_run (source);

CREATE TABLE xrm.conversion_target (
  run uuid NOT NULL REFERENCES xrm.conversion_run (id) ON DELETE CASCADE,
  key text NOT NULL,
  entity text NOT NULL,
  action text NOT NULL CHECK (action IN ('create', 'link', 'skip')),
  record uuid,
  -- field → { from, before, after }
  fields jsonb NOT NULL,
  PRIMARY KEY (run, key)
);
CREATE INDEX conversion_target_record ON xrm.conversion_target (record);
