-- Second factors, passkeys, keys for programs, invitations, and sessions in somebody else's name.

-- Who acts in the name of the session's user, and whether they may only look.
ALTER TABLE xrm.session ADD COLUMN impersonated_by uuid REFERENCES xrm."user" (id) ON DELETE CASCADE;
ALTER TABLE xrm.session ADD COLUMN read_only boolean NOT NULL DEFAULT false;
