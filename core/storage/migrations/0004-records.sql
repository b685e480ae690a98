-- What every change of a record leaves behind, and the functions that records are compared with.

-- Texts as search sees them: without case, accents and ligatures. The same as fold() of the expression language.
CREATE OR REPLACE FUNCTION xrm.fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN replace(replace(replace(translate(
  lower(regexp_replace(normalize(value, NFKD), '[' || U&'\0300' || '-' || U&'\036F' || ']', '', 'g') COLLATE "und-x-icu"),
  'øłđς', 'oldσ'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe');

-- Normal forms in which match rules compare values. Null and empty match nothing.
CREATE FUNCTION xrm.match_exact(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN nullif(value, '');

CREATE FUNCTION xrm.match_folded(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN nullif(regexp_replace(xrm.fold(value), '[^[:alnum:]]+', '', 'g'), '');

-- Firms: without legal forms, punctuation, accents and case.
CREATE FUNCTION xrm.match_company_name(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN nullif(regexp_replace(regexp_replace(
  ' ' || regexp_replace(replace(replace(xrm.fold(value), '.', ''), '&', ' und '), '[^[:alnum:]]+', ' ', 'g') || ' ',
  '( (gmbh|mbh|ag|kg|kgaa|ohg|gbr|ug|haftungsbeschrankt|ek|eg|se|co|und|and|inc|incorporated|corp|corporation|company|llc|llp|ltd|limited|plc|sa|sas|sarl|srl|spa|bv|nv|ab|as|oy|aps|the)(?= ))+', ' ', 'g'), ' +', '', 'g'), '');

CREATE FUNCTION xrm.match_email(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN nullif(lower(trim(value)), '');

CREATE FUNCTION xrm.match_email_domain(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN nullif(regexp_replace(lower(trim(value)), '^.*@', ''), '');

-- The last nine digits: the national number, with or without country code and leading zeros.
CREATE FUNCTION xrm.match_phone(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN length(regexp_replace(value, '\D', '', 'g')) >= 6
  THEN right(ltrim(regexp_replace(value, '\D', '', 'g'), '0'), 9) END;

CREATE FUNCTION xrm.match_url_host(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN nullif(regexp_replace(regexp_replace(lower(trim(value)), '^[a-z]+://', ''), '^(www\.)?([^/:?#]*).*$', '\2'), '');

-- One row a change of one record, written by the statement that makes the change. It is also the outbox: readers follow
-- it in the order of `transaction`, which no open transaction can still come before.
CREATE TABLE xrm.change (
  id bigint GENERATED ALWAYS AS IDENTITY,
  transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at timestamptz NOT NULL,
  entity text NOT NULL,
  record uuid NOT NULL,
  version integer NOT NULL,
  action text NOT NULL CHECK (action IN ('create', 'update', 'delete', 'restore')),
  actor uuid,
  -- request, conversion, import, …; `ref` names which.
  cause text NOT NULL,
  ref text,
  -- Changed fields only, in API form, by the field's column; hidden ones are filtered when they are read.
  before jsonb NOT NULL,
  after jsonb NOT NULL,
  PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);
CREATE TABLE xrm.change_rest PARTITION OF xrm.change DEFAULT;
CREATE INDEX change_record ON xrm.change (record, id);
CREATE INDEX change_transaction ON xrm.change (transaction, id);

-- Makes the partitions of a month and the next, if they are missing.
CREATE FUNCTION xrm.make_change_partitions(day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  start date;
  name text;
BEGIN
  FOR month IN 0..1 LOOP
    start := (date_trunc('month', day) + month * interval '1 month')::date;
    name := 'change_' || to_char(start, 'YYYY_MM');
    IF to_regclass('xrm.' || name) IS NULL THEN
      EXECUTE format('CREATE TABLE xrm.%I PARTITION OF xrm.change FOR VALUES FROM (%L) TO (%L)',
        name, start::timestamptz, (start + interval '1 month')::timestamptz);
    END IF;
  END LOOP;
END $$;

-- Every entry into a stage, with what reports about the pipeline need.
CREATE TABLE xrm.stage_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  entity text NOT NULL,
  record uuid NOT NULL,
  field text NOT NULL,
  before text,
  after text,
  category text,
  owner uuid,
  actor uuid,
  -- The record's money, percent and date fields at that moment.
  facts jsonb NOT NULL
);
CREATE INDEX stage_event_record ON xrm.stage_event (record, id);
CREATE INDEX stage_event_entity ON xrm.stage_event (entity, field, at);

-- Writing calls that carried an Idempotency-Key, written by the transaction of the write itself: the key is there exactly
-- when its effect is. Kept for a day.
CREATE TABLE xrm.idempotency (
  actor uuid NOT NULL,
  key text NOT NULL,
  -- Digest of method, path and body: another request under the same key is refused.
  request text NOT NULL,
  -- What the answer is made of again: ids of records, or of a run.
  result jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_created ON xrm.idempotency (created_at);

-- Which user belongs to which team.
CREATE TABLE xrm.team_member (
  team uuid NOT NULL,
  user_id uuid NOT NULL REFERENCES xrm."user" (id) ON DELETE CASCADE,
  PRIMARY KEY (team, user_id)
);
CREATE INDEX team_member_user ON xrm.team_member (user_id);
