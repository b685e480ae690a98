-- History that cannot be rewritten, but for erasing what is about a person; and the security log that can be searched.

-- Columns whose values were here and were erased.
ALTER TABLE xrm.change ADD COLUMN erased text[];

CREATE FUNCTION xrm.refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('xrm.erasing', true) = 'on' AND tg_op = 'UPDATE' THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'the history is append-only' USING errcode = '42501';
END $$;
-- By row, so that every partition has it too; emptying a table can only be refused table by table.
CREATE TRIGGER change_append_only BEFORE UPDATE OR DELETE ON xrm.change
FOR EACH ROW EXECUTE FUNCTION xrm.refuse_history_change();
CREATE TRIGGER change_not_emptied BEFORE TRUNCATE ON xrm.change
FOR EACH STATEMENT EXECUTE FUNCTION xrm.refuse_history_change();

DO $$
DECLARE
  part regclass;
BEGIN
  FOR part IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'xrm.change'::regclass LOOP
    EXECUTE format('CREATE TRIGGER change_not_emptied BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION xrm.refuse_history_change()', part);
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION xrm.make_change_partitions(day date) RETURNS void LANGUAGE plpgsql AS $$
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
      EXECUTE format('CREATE TRIGGER change_not_emptied BEFORE TRUNCATE ON xrm.%I FOR EACH STATEMENT EXECUTE FUNCTION xrm.refuse_history_change()', name);
    END IF;
  END LOOP;
END $$;

-- The members of an object among those named are null from now on; what is null stays out of the count of what was erased.
CREATE FUNCTION xrm.without_values(value jsonb, names text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE
RETURN (SELECT coalesce(jsonb_object_agg(key, CASE WHEN key = ANY(names) THEN 'null'::jsonb ELSE v END), '{}')
  FROM jsonb_each(value) AS each(key, v));

-- The one way to change the history: takes the values of columns out of all changes of a record. That they were there stays.
-- Returns how many changes it met. Who erases writes to the security log in the same transaction.
CREATE FUNCTION xrm.erase_history(erased_record uuid, columns text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  met bigint;
BEGIN
  PERFORM set_config('xrm.erasing', 'on', true);
  UPDATE xrm.change c SET
    before = xrm.without_values(before, columns),
    after = xrm.without_values(after, columns),
    erased = ARRAY(SELECT DISTINCT name FROM unnest(coalesce(c.erased, '{}') || ARRAY(
      SELECT key FROM (SELECT * FROM jsonb_each(c.before) UNION ALL SELECT * FROM jsonb_each(c.after)) AS e(key, v)
      WHERE key = ANY(columns) AND v <> 'null')) AS name ORDER BY name)
  WHERE record = erased_record AND (before ?| columns OR after ?| columns);
  GET DIAGNOSTICS met = ROW_COUNT;
  PERFORM set_config('xrm.erasing', 'off', true);
  RETURN met;
END $$;

-- A value with some texts taken out of every text in it; names of members stay.
CREATE FUNCTION xrm.without_texts(value jsonb, texts text[]) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  one text;
  plain text;
BEGIN
  CASE jsonb_typeof(value)
    WHEN 'object' THEN
      RETURN (SELECT coalesce(jsonb_object_agg(key, xrm.without_texts(v, texts)), '{}') FROM jsonb_each(value) AS e(key, v));
    WHEN 'array' THEN
      RETURN (SELECT coalesce(jsonb_agg(xrm.without_texts(v, texts) ORDER BY n), '[]') FROM jsonb_array_elements(value) WITH ORDINALITY AS e(v, n));
    WHEN 'string' THEN
      plain := value #>> '{}';
      FOREACH one IN ARRAY texts LOOP plain := replace(plain, one, '…'); END LOOP;
      RETURN to_jsonb(plain);
    ELSE RETURN value;
  END CASE;
END $$;

-- Takes out of the security log what was noted of one record, and some texts wherever they stand. The fact stays: who, when,
-- what, to which record. Returns how many entries it met.
CREATE FUNCTION xrm.erase_audit(erased_record text, texts text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  met bigint;
  kept CONSTANT text[] := '{personal-data-found,personal-data-exported,personal-data-erased}';
BEGIN
  PERFORM set_config('xrm.audit_erase', 'on', true);
  UPDATE xrm.audit SET details = CASE
      WHEN subject = erased_record AND kind <> ALL(kept) AND details <> '{}' THEN '{"erased": true}'
      ELSE xrm.without_texts(details, texts) END
    WHERE (subject = erased_record AND kind <> ALL(kept) AND details NOT IN ('{}', '{"erased": true}'))
      OR EXISTS (SELECT FROM unnest(texts) AS one WHERE strpos(details::text, one) > 0);
  GET DIAGNOSTICS met = ROW_COUNT;
  PERFORM set_config('xrm.audit_erase', 'off', true);
  RETURN met;
END $$;

CREATE OR REPLACE FUNCTION xrm.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('xrm.audit_prune', true) = 'on' AND tg_op = 'DELETE' THEN RETURN NULL; END IF;
  IF current_setting('xrm.audit_erase', true) = 'on' AND tg_op = 'UPDATE' THEN RETURN NULL; END IF;
  RAISE EXCEPTION 'the audit log is append-only' USING errcode = '42501';
END $$;

-- What a run or a merge did to fields, { before, after, … } by column: both sides of those named are null from now on.
CREATE FUNCTION xrm.without_sides(value jsonb, names text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE
RETURN (SELECT coalesce(jsonb_object_agg(key, CASE WHEN key = ANY(names) THEN v || '{"before": null, "after": null}' ELSE v END), '{}')
  FROM jsonb_each(value) AS each(key, v));
