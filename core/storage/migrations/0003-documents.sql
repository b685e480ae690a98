-- Configuration: documents in layers, the changes to them, and where their records are kept.

-- Records live in a schema of their own, one table an entity.
CREATE SCHEMA record;

-- One row: the version that every node follows. It grows with each publish.
CREATE TABLE xrm.model (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  version bigint NOT NULL
);
INSERT INTO xrm.model (version) VALUES (0);

-- A layer is a JSON Merge Patch over those below it (plugin, site, admin); JSON null removes the document.
CREATE TABLE xrm.document (
  layer text NOT NULL CHECK (layer IN ('plugin', 'site', 'admin')),
  kind text NOT NULL,
  name text NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (layer, kind, name)
);

CREATE TABLE xrm.changeset (
  id uuid PRIMARY KEY,
  title text NOT NULL,
  note text,
  status text NOT NULL CHECK (status IN ('draft', 'published', 'discarded')),
  created_by uuid REFERENCES xrm."user" (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  published_by uuid REFERENCES xrm."user" (id),
  published_at timestamptz,
  -- The version that publishing it made.
  version bigint UNIQUE,
  -- The changeset that this one takes back.
  reverts uuid REFERENCES xrm.changeset (id)
);

-- What a changeset makes of one document's layer. SQL NULL: there is no such layer; JSON null: it removes the document.
CREATE TABLE xrm.changeset_edit (
  changeset uuid NOT NULL REFERENCES xrm.changeset (id) ON DELETE CASCADE,
  layer text NOT NULL CHECK (layer IN ('plugin', 'site', 'admin')),
  kind text NOT NULL,
  name text NOT NULL,
  before jsonb,
  after jsonb,
  PRIMARY KEY (changeset, layer, kind, name)
);

-- The physical name of an entity's table, given once.
CREATE TABLE xrm.entity_table (
  entity text PRIMARY KEY,
  table_name text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- The physical columns of a field, given once. A retired one keeps its data; the same field taken up again finds it.
CREATE TABLE xrm.field_column (
  entity text NOT NULL,
  field text NOT NULL,
  -- Column types and, for relations, the table they reference: columns serve a field again only when this is equal.
  signature text NOT NULL,
  columns text[] NOT NULL,
  retired_at timestamptz,
  PRIMARY KEY (entity, field, signature)
);

-- Numbers new records: prefix and at least so many digits.
CREATE FUNCTION xrm.auto_number(sequence regclass, prefix text, digits int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE number text := nextval(sequence)::text;
BEGIN
  RETURN prefix || repeat('0', greatest(0, digits - length(number))) || number;
END $$;
