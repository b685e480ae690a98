-- Each plugin's part of a document is a row of its own, so that one can be turned off without the others.

ALTER TABLE xrm.document ADD COLUMN plugin text NOT NULL DEFAULT '';
-- A role to which several add is under the first until the next start of a server gives each its part.
UPDATE xrm.document SET plugin = coalesce(plugins[1], '') WHERE layer = 'plugin';
ALTER TABLE xrm.document DROP CONSTRAINT document_pkey, ADD PRIMARY KEY (layer, kind, name, plugin), DROP COLUMN plugins;

ALTER TABLE xrm.changeset_edit ADD COLUMN plugin text NOT NULL DEFAULT '';
UPDATE xrm.changeset_edit e SET plugin = d.plugin FROM xrm.document d
  WHERE e.layer = 'plugin' AND d.layer = 'plugin' AND d.kind = e.kind AND d.name = e.name;
ALTER TABLE xrm.changeset_edit DROP CONSTRAINT changeset_edit_pkey, ADD PRIMARY KEY (changeset, layer, kind, name, plugin);
