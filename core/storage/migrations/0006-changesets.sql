-- Where changesets come from, and which plugins ship a document.

ALTER TABLE xrm.changeset ADD COLUMN origin text NOT NULL DEFAULT 'admin' CHECK (origin IN ('admin', 'upgrade', 'config'));
-- Until now the system itself published nothing but what code and files brought.
UPDATE xrm.changeset SET origin = 'upgrade' WHERE created_by IS NULL AND published_by IS NULL AND status = 'published';

-- Only of the layer `plugin`; several plugins may add to one role.
ALTER TABLE xrm.document ADD COLUMN plugins text[] NOT NULL DEFAULT '{}';
