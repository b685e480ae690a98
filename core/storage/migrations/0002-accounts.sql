-- The tables of better-auth (user, session, account, verification) with our columns, and what it lacks.

CREATE TABLE xrm."user" (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL CHECK (name <> ''),
  email text NOT NULL UNIQUE CHECK (email = lower(email)),
  email_verified boolean NOT NULL DEFAULT false,
  image text,
  language text,
  time_zone text,
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE xrm.session (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES xrm."user" ON DELETE CASCADE,
  -- SHA-256 of what the cookie carries: who reads this table cannot sign in with it.
  token text NOT NULL UNIQUE,
  expires_at timestamptz NOT NULL,
  ip_address text,
  user_agent text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX session_user_id ON xrm.session (user_id);
CREATE INDEX session_expires_at ON xrm.session (expires_at);

CREATE TABLE xrm.account (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES xrm."user" ON DELETE CASCADE,
  provider_id text NOT NULL,
  account_id text NOT NULL,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (provider_id, account_id)
);
CREATE INDEX account_user_id ON xrm.account (user_id);

CREATE TABLE xrm.verification (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  identifier text NOT NULL,
  value text NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX verification_identifier ON xrm.verification (identifier);

CREATE TABLE xrm.user_role (
  user_id uuid NOT NULL REFERENCES xrm."user" ON DELETE CASCADE,
  role text NOT NULL,
  PRIMARY KEY (user_id, role)
);
CREATE INDEX user_role_role ON xrm.user_role (role);

-- The one token with which the first administrator is created. Hashed; a row at most.
CREATE TABLE xrm.setup_token (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  hash text NOT NULL,
  expires_at timestamptz NOT NULL
);

-- Random values that are made once and that all nodes share, such as the key that signs cookies.
CREATE TABLE xrm.secret (
  name text PRIMARY KEY,
  value text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
