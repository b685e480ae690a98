-- Changes of what is stored: renames, new forms of a field with its values converted, and the jobs that take their time.

-- Columns of a field have an identity of their own, because a field may have had several: one in force, others retired.
ALTER TABLE xrm.field_column DROP CONSTRAINT field_column_pkey;
ALTER TABLE xrm.field_column
  ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- The field type that wrote them. Empty: written down by a release that did not keep it.
  ADD COLUMN type text NOT NULL DEFAULT '',
  -- Earlier names of the field.
  ADD COLUMN was text[] NOT NULL DEFAULT '{}',
  -- The changeset that made them for converted values.
  ADD COLUMN made_by uuid REFERENCES xrm.changeset (id),
  -- The changeset for which they are being filled; not in force yet.
  ADD COLUMN prepared uuid REFERENCES xrm.changeset (id);
CREATE INDEX field_column_entity ON xrm.field_column (entity, field);

-- The values of `source` were converted into `target`, by the rule of a changeset.
CREATE TABLE xrm.column_conversion (
  changeset uuid NOT NULL REFERENCES xrm.changeset (id),
  source bigint NOT NULL REFERENCES xrm.field_column (id) ON DELETE CASCADE,
  target bigint NOT NULL REFERENCES xrm.field_column (id) ON DELETE CASCADE,
  rule jsonb,
  PRIMARY KEY (changeset, target)
);

ALTER TABLE xrm.entity_table
  ADD COLUMN was text[] NOT NULL DEFAULT '{}',
  -- Names of columns that were purged. They are not given again: history knows values by them.
  ADD COLUMN spent text[] NOT NULL DEFAULT '{}';

-- Emptied columns that a new field may take over: a table dies after 1,600 columns ever added.
CREATE TABLE xrm.free_column (
  table_name text NOT NULL,
  column_name text NOT NULL,
  type text NOT NULL,
  PRIMARY KEY (table_name, column_name)
);

-- What a draft decides about values that a field could not keep.
CREATE TABLE xrm.changeset_values (
  changeset uuid NOT NULL REFERENCES xrm.changeset (id) ON DELETE CASCADE,
  entity text NOT NULL,
  field text NOT NULL,
  rule jsonb NOT NULL,
  PRIMARY KEY (changeset, entity, field)
);

-- Long work, as people see it. Who does what when is pg-boss's business.
CREATE TABLE xrm.job (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  title text NOT NULL,
  data jsonb NOT NULL,
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
  done bigint NOT NULL DEFAULT 0,
  total bigint NOT NULL DEFAULT 0,
  step text NOT NULL DEFAULT '',
  can_cancel boolean NOT NULL DEFAULT true,
  cancel boolean NOT NULL DEFAULT false,
  error jsonb,
  actor uuid REFERENCES xrm."user" (id),
  changeset uuid REFERENCES xrm.changeset (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  finished_at timestamptz
);
CREATE INDEX job_created_at ON xrm.job (created_at DESC);
CREATE INDEX job_changeset ON xrm.job (changeset);

ALTER TABLE xrm.changeset DROP CONSTRAINT changeset_status_check;
ALTER TABLE xrm.changeset
  ADD CONSTRAINT changeset_status_check CHECK (status IN ('draft', 'publishing', 'published', 'discarded')),
  -- The job that publishes it, or the last one that tried.
  ADD COLUMN job uuid REFERENCES xrm.job (id) ON DELETE SET NULL;
