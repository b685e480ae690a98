-- What has come in by web forms.

-- One row an entry: which record it became, and what the visitor agreed to. What was entered stands in the record's history.
CREATE TABLE xrm.web_form_entry (
  -- Of the page that it was sent with: the second time is known by it.
  id uuid PRIMARY KEY,
  form text NOT NULL,
  at timestamptz(3) NOT NULL,
  -- Key of the entity.
  entity text NOT NULL,
  record uuid,
  -- It was added to a record that was there.
  known boolean NOT NULL DEFAULT false,
  language text NOT NULL,
  -- The words as they stood on the page.
  consent text
);
CREATE INDEX web_form_entry_form ON xrm.web_form_entry (form, at DESC, id DESC);
CREATE INDEX web_form_entry_record ON xrm.web_form_entry (record);
