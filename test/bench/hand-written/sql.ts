/** The statements of the hand-written server. But in `create`, `$1` is the user and `$2` the user's teams. */

const scopes: Record<string, string> = {
  all: '',
  team: ' AND (l.owner = $1 OR l.team = ANY($2))',
  own: ' AND l.owner = $1',
}

/** Which leads the user may read; as the role of the site says. */
const visible = scopes[process.env['BENCH_SCOPE'] ?? 'team']!
/** Which ones they may change or convert: always the team's. */
const changeable = scopes['team']!

const display = `CASE WHEN l.last_name IS NOT NULL THEN trim(concat_ws(' ', l.first_name, l.last_name)) ELSE coalesce(l.company, l.first_name, '?') END AS display`

const whole = `l.id, l.version, l.owner, l.team, l.active, l.created_at, l.created_by, l.updated_at, l.updated_by, l.deleted_at, l.salutation,
  l.first_name, l.last_name, l.company, l.job_title, l.email, l.phone, l.mobile, l.website,
  CASE WHEN num_nonnulls(l.address_street, l.address_postal_code, l.address_city, l.address_region, l.address_country) > 0 THEN
    json_build_object('street', l.address_street, 'postal_code', l.address_postal_code, 'city', l.address_city,
      'region', l.address_region, 'country', l.address_country) END AS address,
  l.industry, l.status, l.phase, l.interest, l.rating, l.score::int AS score,
  CASE WHEN l.budget IS NOT NULL THEN json_build_object('amount', l.budget::text, 'currency', l.budget_currency) END AS budget,
  l.lead_source, l.campaign, l.follow_up::text AS follow_up, l.close_reason, l.account, l.contact, l.external_id,
  extract(epoch FROM now() - l.created_at)::bigint / 86400 AS age_days, ${display}`

const row = `${display}, l.company, l.status, l.phase, l.rating, l.score::int AS score, l.lead_source, l.follow_up::text AS follow_up, l.owner, l.version, l.id, l.created_at`

const newest = 'ORDER BY l.created_at DESC, l.id DESC LIMIT 26'

const get = `SELECT ${whole} FROM record.lead l WHERE l.id = $3 AND l.deleted_at IS NULL${visible}`

const list = `SELECT ${row} FROM record.lead l WHERE l.status = $3 AND l.deleted_at IS NULL${visible} ${newest}`

const listAfter = `SELECT ${row} FROM record.lead l
  WHERE l.status = $3 AND l.deleted_at IS NULL${visible} AND (l.created_at, l.id) < ($4, $5) ${newest}`

const listExpanded = `SELECT ${row}, a.name AS "account.name", a.website AS "account.website" FROM record.lead l
  LEFT JOIN record.account a ON a.id = l.account AND a.deleted_at IS NULL
  WHERE l.status = $3 AND l.deleted_at IS NULL${visible} ${newest}`

const count = `SELECT count(*)::int AS count FROM record.lead l WHERE l.status = $3 AND l.deleted_at IS NULL${visible}`

const search = `SELECT ${row} FROM record.lead l WHERE l.deleted_at IS NULL${visible}
  AND (xrm.fold(l.last_name) LIKE $3 OR xrm.fold(l.first_name) LIKE $3 OR xrm.fold(l.company) LIKE $3 OR xrm.fold(l.email) LIKE $3 OR xrm.fold(l.external_id) LIKE $3)
  ${newest}`

const aggregate = `SELECT l.status, count(*)::int AS count FROM record.lead l WHERE l.deleted_at IS NULL${visible} GROUP BY 1 ORDER BY 1`

const update = `UPDATE record.lead l SET job_title = $4, version = version + 1, updated_at = now(), updated_by = $1
  WHERE l.id = $3 AND l.deleted_at IS NULL${changeable} RETURNING ${whole}`

export const createdFields = [
  'first_name',
  'last_name',
  'company',
  'job_title',
  'email',
  'phone',
  'rating',
  'lead_source',
  'follow_up',
  'campaign',
] as const

const create = `INSERT INTO record.lead AS l (id, owner, created_by, updated_by, created_at, updated_at, status, phase, ${createdFields.join(', ')})
  VALUES (uuidv7(), $1, $1, $1, now(), now(), 'new', 'mal', ${createdFields.map((_, index) => `$${index + 2}`).join(', ')}) RETURNING ${whole}`

/** Account, contact and opportunity of a lead; a firm and a person that exist are found and taken. */
const convert = `WITH l AS (
    UPDATE record.lead l SET status = 'converted', version = version + 1, updated_at = now(), updated_by = $1
    WHERE l.id = $3 AND l.status NOT IN ('dead', 'converted') AND l.deleted_at IS NULL${changeable} RETURNING *
  ), firm AS (
    SELECT a.id FROM l JOIN record.account a ON xrm.match_company_name(a.name) = xrm.match_company_name(l.company) AND a.deleted_at IS NULL LIMIT 1
  ), person AS (
    SELECT c.id FROM l JOIN record.contact c ON xrm.match_email(c.email) = xrm.match_email(l.email) AND c.deleted_at IS NULL LIMIT 1
  ), a AS (
    INSERT INTO record.account (id, owner, team, name, roles, industry, website, phone, address_street, address_postal_code, address_city,
      address_region, address_country, created_at, created_by, updated_at, updated_by)
    SELECT uuidv7(), owner, team, company, '{prospect}', industry, website, phone, address_street, address_postal_code, address_city,
      address_region, address_country, now(), $1, now(), $1 FROM l WHERE company IS NOT NULL AND NOT EXISTS (SELECT FROM firm) RETURNING id
  ), c AS (
    INSERT INTO record.contact (id, owner, team, account, salutation, first_name, last_name, job_title, email, phone, mobile,
      address_street, address_postal_code, address_city, address_region, address_country, lead_source, created_at, created_by, updated_at, updated_by)
    SELECT uuidv7(), owner, team, coalesce((SELECT id FROM firm), (SELECT id FROM a)), salutation, first_name, last_name, job_title, email, phone,
      mobile, address_street, address_postal_code, address_city, address_region, address_country, lead_source, now(), $1, now(), $1
    FROM l WHERE last_name IS NOT NULL AND NOT EXISTS (SELECT FROM person) RETURNING id
  ), o AS (
    INSERT INTO record.opportunity (id, owner, team, account, contact, name, stage, probability, amount, amount_currency, close_date, lead_source,
      campaign, created_at, created_by, updated_at, updated_by)
    SELECT uuidv7(), owner, team, coalesce((SELECT id FROM firm), (SELECT id FROM a)), coalesce((SELECT id FROM person), (SELECT id FROM c)),
      concat_ws(' ', coalesce(company, last_name), extract(year FROM now())::text), CASE interest WHEN 'purchase' THEN 'qualification' ELSE 'prospecting' END,
      CASE interest WHEN 'purchase' THEN 25 ELSE 10 END, budget, budget_currency, current_date + 90, lead_source, campaign, now(), $1, now(), $1
    FROM l RETURNING id
  )
  SELECT l.id AS source, coalesce((SELECT id FROM firm), (SELECT id FROM a)) AS account,
    coalesce((SELECT id FROM person), (SELECT id FROM c)) AS contact, (SELECT id FROM o) AS opportunity FROM l`

/** By the name under which connections keep them prepared. */
export const sql = { get, list, listAfter, listExpanded, count, search, aggregate, update, create, convert }
