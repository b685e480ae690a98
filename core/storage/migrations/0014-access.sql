-- Who leads whom, who is from outside, and single records that are shared with somebody.

-- Whose reports a person's records belong to; roles with the scope `reports` follow it upwards.
ALTER TABLE xrm."user" ADD COLUMN manager uuid REFERENCES xrm."user" (id) ON DELETE SET NULL;
CREATE INDEX user_manager ON xrm."user" (manager);
-- Somebody of another firm: sees nothing that is there for all users, only what roles with narrow scopes and shares give.
ALTER TABLE xrm."user" ADD COLUMN external boolean NOT NULL DEFAULT false;
-- The record that the login stands for, such as the account of a customer; by key of the entity.
ALTER TABLE xrm."user" ADD COLUMN represents_entity text;
ALTER TABLE xrm."user" ADD COLUMN represents uuid;

CREATE TABLE xrm.share (
  entity text NOT NULL,
  record uuid NOT NULL,
  -- A user, a team (with all below), or a record that logins stand for.
  grantee_kind text NOT NULL CHECK (grantee_kind IN ('user', 'team', 'record')),
  grantee uuid NOT NULL,
  -- Of a record: by key.
  grantee_entity text,
  level text NOT NULL CHECK (level IN ('read', 'update')),
  shared_by uuid REFERENCES xrm."user" (id) ON DELETE SET NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (record, grantee)
);
CREATE INDEX share_grantee ON xrm.share (grantee, entity, record);
