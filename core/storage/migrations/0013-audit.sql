-- What happened to the installation's security: sign-ins, refusals, rights, exports, configuration. Rows are added and
-- never changed; only `xrm.prune_audit` takes those away that are older than the retention, and says so itself.
CREATE TABLE xrm.audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  kind text NOT NULL,
  -- Who did it; null for the system and for those who have not signed in. The name stays readable when the user is gone.
  actor uuid,
  actor_name text,
  -- Who acted in the actor's name.
  impersonator uuid,
  impersonator_name text,
  -- The API key that was used.
  api_key uuid,
  address text,
  request text,
  -- What it was done to: a user, a team, or a record by key of its entity.
  subject_kind text,
  subject text,
  details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_actor ON xrm.audit (actor, id);
CREATE INDEX audit_kind ON xrm.audit (kind, id);
CREATE INDEX audit_subject ON xrm.audit (subject, id);
CREATE INDEX audit_at ON xrm.audit (at);

CREATE FUNCTION xrm.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('xrm.audit_prune', true) = 'on' AND tg_op = 'DELETE' THEN RETURN NULL; END IF;
  RAISE EXCEPTION 'the audit log is append-only' USING errcode = '42501';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON xrm.audit
FOR EACH STATEMENT EXECUTE FUNCTION xrm.refuse_audit_change();

CREATE FUNCTION xrm.prune_audit(older_than interval) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  gone bigint;
BEGIN
  PERFORM set_config('xrm.audit_prune', 'on', true);
  DELETE FROM xrm.audit WHERE at < now() - older_than;
  GET DIAGNOSTICS gone = ROW_COUNT;
  PERFORM set_config('xrm.audit_prune', 'off', true);
  IF gone > 0 THEN
    INSERT INTO xrm.audit (kind, details) VALUES ('audit-pruned', jsonb_build_object('count', gone, 'olderThan', older_than::text));
  END IF;
  RETURN gone;
END $$;
