-- Many conversions at once, conversions that start by themselves, and notices to people.

CREATE TABLE xrm.bulk (
  id uuid PRIMARY KEY,
  conversion text NOT NULL,
  -- The entity of its sources, by the key that outlives renames.
  entity text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('convert', 'decline')),
  status text NOT NULL CHECK (status IN ('running', 'paused', 'done', 'cancelled', 'failed')),
  channel text NOT NULL CHECK (channel IN ('list', 'api', 'import')),
  -- In whose name and with whose rights; null: the system.
  actor uuid,
  -- Decisions for all items.
  targets jsonb NOT NULL,
  -- Of a decline.
  reason jsonb,
  job uuid,
  error jsonb,
  at timestamptz NOT NULL,
  ended_at timestamptz
);
CREATE INDEX bulk_actor ON xrm.bulk (actor, id);

-- The outcome of an item is written by the transaction that brings it about.
CREATE TABLE xrm.bulk_item (
  bulk uuid NOT NULL REFERENCES xrm.bulk (id) ON DELETE CASCADE,
  source uuid NOT NULL,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'done', 'held', 'failed', 'skipped')),
  run uuid,
  problem jsonb,
  -- What was decided for this one.
  targets jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (bulk, source)
);
CREATE INDEX bulk_item_status ON xrm.bulk_item (bulk, status, source);

-- Triggers that have fired and whose conversions are still to be done. Written by the transaction of the save.
CREATE TABLE xrm.trigger_due (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  conversion text NOT NULL,
  trigger text NOT NULL,
  entity text NOT NULL,
  record uuid NOT NULL,
  -- Who caused it; null: the system, or time.
  actor uuid,
  -- The records whose triggers led here, in one chain of causes.
  chain uuid[] NOT NULL,
  tries integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX trigger_due_at ON xrm.trigger_due (due_at, id);

-- What triggers remember of records: that the first time is over, or the version with which it failed.
CREATE TABLE xrm.trigger_memory (
  conversion text NOT NULL,
  trigger text NOT NULL,
  record uuid NOT NULL,
  failed_version integer,
  PRIMARY KEY (conversion, trigger, record)
);

-- When schedules are looked at next. Whoever moves the time on has the turn.
CREATE TABLE xrm.trigger_schedule (
  conversion text NOT NULL,
  trigger text NOT NULL,
  next_at timestamptz NOT NULL,
  PRIMARY KEY (conversion, trigger)
);

CREATE TABLE xrm.notice (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recipient uuid NOT NULL REFERENCES xrm."user" (id) ON DELETE CASCADE,
  at timestamptz NOT NULL DEFAULT now(),
  read_at timestamptz,
  kind text NOT NULL,
  entity text,
  record uuid,
  params jsonb NOT NULL,
  href text
);
CREATE INDEX notice_recipient ON xrm.notice (recipient, id);
CREATE INDEX notice_unread ON xrm.notice (recipient) WHERE read_at IS NULL;
