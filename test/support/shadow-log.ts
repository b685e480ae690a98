import type { Model } from '../../core/documents/model.ts'
import type { Database } from '../../core/storage/database.ts'

/**
 * A second history, written by triggers on every table of records: what really happened to each row, and in which
 * transaction. Put into the template that the databases of tests are copied from; an event trigger sees to new tables.
 */
export const shadowLog = `
  CREATE SCHEMA shadow;
  CREATE TABLE shadow.change (
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    record uuid, op text NOT NULL, before jsonb, after jsonb, statement text NOT NULL DEFAULT left(current_query(), 300));
  CREATE FUNCTION shadow.note() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'INSERT' THEN
      INSERT INTO shadow.change (record, op, after) SELECT n.id, 'insert', to_jsonb(n) FROM later n;
    ELSIF TG_OP = 'UPDATE' THEN
      -- Joined when it is asked, by version: here the planner knows nothing of how many they are.
      INSERT INTO shadow.change (record, op, before) SELECT o.id, 'replaced', to_jsonb(o) FROM earlier o;
      INSERT INTO shadow.change (record, op, after) SELECT n.id, 'update', to_jsonb(n) FROM later n;
    ELSE
      INSERT INTO shadow.change (record, op, before) SELECT o.id, 'delete', to_jsonb(o) FROM earlier o;
    END IF;
    RETURN NULL;
  END $$;
  CREATE FUNCTION shadow.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$
  DECLARE made record;
  BEGIN
    FOR made IN SELECT DISTINCT objid::regclass AS name FROM pg_event_trigger_ddl_commands() WHERE schema_name = 'record' AND object_type = 'table' LOOP
      EXECUTE format('CREATE TRIGGER shadow_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS later FOR EACH STATEMENT EXECUTE FUNCTION shadow.note()', made.name);
      EXECUTE format('CREATE TRIGGER shadow_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS earlier NEW TABLE AS later FOR EACH STATEMENT EXECUTE FUNCTION shadow.note()', made.name);
      EXECUTE format('CREATE TRIGGER shadow_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS earlier FOR EACH STATEMENT EXECUTE FUNCTION shadow.note()', made.name);
    END LOOP;
  END $$;
  CREATE EVENT TRIGGER shadow_watch ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION shadow.watch()`

/** Told by the change itself, or given by the database: not in what it changed. */
const untold = ['id', 'version', 'created_at', 'created_by', 'updated_at', 'updated_by']

/** Types whose values look the same in a row and in the history; of others it is compared that they changed. */
const alike = ['text', 'uuid', 'boolean', 'bigint', 'date', 'text[]', 'jsonb']

/**
 * Holds the history against what really happened (INV-04): every row that changed has its one entry, of the same
 * transaction, by who is in the row, with the columns that changed and their values before and after; and no entry is
 * without a row. Each difference as a sentence.
 */
export async function shadowDifferences(db: Database, model: Model): Promise<string[]> {
  const { rows: there } = await db.pool.query(`SELECT to_regclass('shadow.change') IS NOT NULL AS is`)
  // A database that was restored, or begun empty.
  if (!(there[0] as { is: boolean }).is) return []
  const fields = [...model.entities.values()].flatMap((entity) =>
    entity.stored
      .filter(({ name, type }) => !untold.includes(name) && type.name !== 'auto-number')
      .map(({ columns: [first, ...others] }) => ({
        entity: entity.key,
        column: first!.name,
        columns: [first, ...others].map((column) => column!.name),
        alike: others.length === 0 && alike.includes(first!.pgType),
      })),
  )
  const { rows } = await db.pool.query<{ difference: string }>(differences, [JSON.stringify(fields)])
  return rows.map(({ difference }) => difference)
}

const differences = `
  WITH field AS (SELECT * FROM json_to_recordset($1::json) AS f(entity text, "column" text, columns json, alike boolean)),
    -- What tests write themselves, who quote no names. Values go over to other columns as a publish says, which the security log tells of; those of removed fields are emptied.
    log AS (
      SELECT *, (coalesce(after, before)->>'version')::int AS version FROM shadow.change
      WHERE statement !~ '^(INSERT INTO|UPDATE|DELETE FROM) record\\.[a-z]' AND statement NOT LIKE '%"#id" uuid%' AND statement NOT LIKE '%IS NOT NULL LIMIT%'),
    happened AS (
      SELECT l.transaction, l.record, l.op, l.version, l.statement, l.after, o.before FROM log l
      LEFT JOIN log o ON o.op = 'replaced' AND o.record = l.record AND o.transaction = l.transaction AND o.version = l.version - 1
      WHERE l.op <> 'replaced'),
    pair AS (
      SELECT r.*, c.entity, c.action, c.actor, c.at, c.erased, c.before AS was, c.after AS becomes, c.record IS NULL AS missing
      FROM happened r LEFT JOIN xrm.change c ON c.record = r.record AND c.transaction = r.transaction AND c.version = r.version)
  SELECT format('%s of %s in no history: %s', op, record, statement) AS difference FROM pair WHERE missing OR op = 'delete'
  UNION ALL
  SELECT format('history of %s tells of a change that was none: version %s, %s', c.record, c.version, c.cause) FROM xrm.change c
    WHERE EXISTS (SELECT FROM happened r WHERE r.record = c.record)
      AND NOT EXISTS (SELECT FROM happened r WHERE r.record = c.record AND r.transaction = c.transaction AND r.version = c.version)
  UNION ALL
  SELECT format('history of %s names another: %s, %s', record, actor, at) FROM pair
    WHERE NOT missing AND ((after->>'updated_by')::uuid IS DISTINCT FROM actor OR (after->>'updated_at')::timestamptz IS DISTINCT FROM at)
  UNION ALL
  SELECT format('history of %s and the row differ in "%s": %s → %s, told as %s → %s by %s', record, "column", before->"column", after->"column", was->"column", becomes->"column", statement)
    FROM pair JOIN field USING (entity)
    WHERE NOT missing AND erased IS NULL AND after ? "column" AND (
      EXISTS (SELECT FROM json_array_elements_text(columns) AS k WHERE coalesce(before->k, 'null') IS DISTINCT FROM after->k) <> (was ? "column" OR becomes ? "column")
      OR alike AND (was ? "column" OR becomes ? "column") AND (
        coalesce(becomes->"column", 'null') IS DISTINCT FROM after->"column"
        OR coalesce(was->"column", 'null') IS DISTINCT FROM coalesce(before->"column", 'null')))
  LIMIT 20`
