-- Normal forms that see through more spellings, merged records, and records that may be the same.

-- Letters as people type them without their keyboard: "Müller" and "Mueller" are one. On text that is folded already.
CREATE FUNCTION xrm.match_letters(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN replace(replace(replace(value, 'ae', 'a'), 'oe', 'o'), 'ue', 'u');

-- The indexes on the former functions go with them; new ones are built when the server has started.
DROP FUNCTION xrm.match_folded(text) CASCADE;
CREATE FUNCTION xrm.match_folded(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN nullif(xrm.match_letters(regexp_replace(xrm.fold(value), '[^[:alnum:]]+', '', 'g')), '');

-- Firms: without legal forms, punctuation, accents and case.
DROP FUNCTION xrm.match_company_name(text) CASCADE;
CREATE FUNCTION xrm.match_company_name(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN nullif(xrm.match_letters(regexp_replace(regexp_replace(
  ' ' || regexp_replace(replace(replace(xrm.fold(value), '.', ''), '&', ' und '), '[^[:alnum:]]+', ' ', 'g') || ' ',
  '( (gmbh|ggmbh|gesmbh|mbh|ag|kg|kgaa|ohg|gbr|ug|haftungsbeschrankt|ek|eg|ev|se|co|und|and|et|y|inc|incorporated|corp|corporation|company|cie|llc|llp|lp|ltd|limited|ltda|plc|pty|pvt|sa|sas|sarl|sasu|sl|slu|srl|srls|spa|snc|bv|nv|vof|ab|as|asa|aps|oy|oyj|kft|zrt|sro|doo|ooo|spzoo|kk|the)(?= ))+', ' ', 'g'),
  ' +', '', 'g')), '');

-- The part behind the @, unless the address is at a host where everybody has one.
DROP FUNCTION xrm.match_email_domain(text) CASCADE;
CREATE FUNCTION xrm.match_email_domain(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN regexp_replace(lower(trim(value)), '^.*@', '') ~
  '^((gmail|googlemail|outlook|hotmail|live|msn|yahoo|ymail|gmx|web|aol|icloud|me|mac|mail|proton|protonmail|posteo|mailbox|freenet|t-online|arcor|online|1und1|bluewin|sunrise|orange|wanadoo|free|laposte|libero|virgilio|seznam|wp|onet|interia|yandex|qq|163|126)\.[a-z.]{2,8}|)$'
  THEN NULL ELSE regexp_replace(lower(trim(value)), '^.*@', '') END;

-- E.164 without the plus, as far as that can be told: a number without a country code is of the given one. Extensions are left out.
DROP FUNCTION xrm.match_phone(text) CASCADE;
CREATE FUNCTION xrm.match_phone(value text, code text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT CASE
  WHEN length(regexp_replace(v, '\D', '', 'g')) < 5 THEN NULL
  WHEN v ~ '^\+' THEN regexp_replace(v, '\D', '', 'g')
  WHEN v ~ '^00' THEN substr(regexp_replace(v, '\D', '', 'g'), 3)
  -- Italy keeps the zero.
  WHEN code = '39' THEN code || regexp_replace(v, '\D', '', 'g')
  ELSE code || ltrim(regexp_replace(v, '\D', '', 'g'), '0')
END FROM (SELECT regexp_replace(regexp_replace(trim(value), '(x|ext\.?|Durchwahl).*$', '', 'i'), '(?<=[0-9] ?)\(0\)', '') AS v) AS cleaned);

CREATE TABLE xrm.merge (
  id uuid PRIMARY KEY,
  -- The key of the entity, which outlives renames.
  entity text NOT NULL,
  kept uuid NOT NULL,
  others uuid[] NOT NULL,
  -- Column → { before, after, from }: what the kept record took over.
  values jsonb NOT NULL,
  -- What named the others and names the kept one now: [{ entity, column, record, before, after }], with `gone` where it went to the bin.
  moved jsonb NOT NULL,
  -- Runs and targets that changed over: [{ run, key, record }] and [{ run, source }].
  lineage jsonb NOT NULL,
  at timestamptz NOT NULL,
  actor uuid,
  undone_at timestamptz,
  undone_by uuid
);
CREATE INDEX merge_kept ON xrm.merge (kept);
CREATE INDEX merge_others ON xrm.merge USING gin (others);

-- Records that a scan has found to be alike, and what was decided about them.
CREATE TABLE xrm.duplicate_group (
  id uuid PRIMARY KEY,
  entity text NOT NULL,
  records uuid[] NOT NULL,
  score real NOT NULL,
  -- [{ rule, fields }]
  reasons jsonb NOT NULL,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'merged', 'different')),
  found_at timestamptz NOT NULL,
  decided_at timestamptz,
  decided_by uuid,
  UNIQUE (entity, records)
);
CREATE INDEX duplicate_group_open ON xrm.duplicate_group (entity, score DESC, id) WHERE status = 'open';
CREATE INDEX duplicate_group_records ON xrm.duplicate_group USING gin (records);
