-- Second factors, passkeys, keys for programs, links, and sessions in somebody else's name.

-- Who acts in the name of the session's user, and whether they may only look.
ALTER TABLE xrm.session ADD COLUMN impersonated_by uuid REFERENCES xrm."user" (id) ON DELETE CASCADE;
ALTER TABLE xrm.session ADD COLUMN read_only boolean NOT NULL DEFAULT false;
-- Written every few minutes at most.
ALTER TABLE xrm.session ADD COLUMN last_seen_at timestamptz NOT NULL DEFAULT now();
-- How it was opened: password, passkey or sso. A provider asks for a second factor itself.
ALTER TABLE xrm.session ADD COLUMN method text NOT NULL DEFAULT 'password';
CREATE INDEX session_impersonated_by ON xrm.session (impersonated_by);

-- Who really made the change, in the actor's name.
ALTER TABLE xrm.change ADD COLUMN impersonator uuid;

-- What is good for one use: links by mail, the step between password and code, challenges. Whoever takes a row deletes it.
CREATE TABLE xrm.one_time (
  -- SHA-256 of what was handed out.
  hash text PRIMARY KEY,
  purpose text NOT NULL,
  user_id uuid REFERENCES xrm."user" (id) ON DELETE CASCADE,
  data jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX one_time_user ON xrm.one_time (user_id);
CREATE INDEX one_time_expires_at ON xrm.one_time (expires_at);

CREATE TABLE xrm.second_factor (
  user_id uuid PRIMARY KEY REFERENCES xrm."user" (id) ON DELETE CASCADE,
  -- Sealed; see core/accounts/seal.ts.
  secret text NOT NULL,
  -- Null until a first code has shown that the person's device has the secret; until then it does not count.
  confirmed_at timestamptz,
  -- The thirty seconds of the last code that was used: none is good twice.
  last_step bigint NOT NULL DEFAULT 0,
  -- SHA-256 of the codes that are left.
  recovery text[] NOT NULL DEFAULT '{}'
);

CREATE TABLE xrm.passkey (
  -- As the authenticator names it, base64url.
  id text PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES xrm."user" (id) ON DELETE CASCADE,
  name text NOT NULL,
  public_key bytea NOT NULL,
  counter bigint NOT NULL,
  transports text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz
);
CREATE INDEX passkey_user ON xrm.passkey (user_id);

CREATE TABLE xrm.api_key (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES xrm."user" (id) ON DELETE CASCADE,
  name text NOT NULL,
  -- The first characters, and SHA-256 of all.
  start text NOT NULL,
  hash text NOT NULL UNIQUE,
  scopes jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  last_used_at timestamptz
);
CREATE INDEX api_key_user ON xrm.api_key (user_id);
