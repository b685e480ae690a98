-- What is in files. Who may read it, the records say that name it.

CREATE TABLE xrm.file_content (
  id uuid PRIMARY KEY,
  -- While it comes in: what may come at most, so that uploads side by side keep within the quota.
  size bigint NOT NULL,
  complete boolean NOT NULL DEFAULT false,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  created_by uuid
);
CREATE INDEX file_content_coming ON xrm.file_content (created_by) WHERE NOT complete;

CREATE TABLE xrm.file_chunk (
  content uuid NOT NULL REFERENCES xrm.file_content (id) ON DELETE CASCADE,
  n integer NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (content, n)
);
-- Most files are compressed already.
ALTER TABLE xrm.file_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;
