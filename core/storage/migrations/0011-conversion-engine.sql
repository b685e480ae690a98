-- What it takes to take a run back, and what the engine keeps from one run to the next.

ALTER TABLE xrm.conversion_run
  -- Entity → ids of the records that it wrote beside its source and its targets: children. What it did to them is in the history.
  ADD COLUMN touched jsonb NOT NULL DEFAULT '{}';

CREATE INDEX conversion_run_conversion ON xrm.conversion_run (conversion, model);

-- How many records a target has given away in turn.
CREATE TABLE xrm.conversion_turn (
  conversion text NOT NULL,
  target text NOT NULL,
  turn bigint NOT NULL,
  PRIMARY KEY (conversion, target)
);
