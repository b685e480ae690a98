import { Client } from 'pg'

/**
 * A connection outside the pool, for `COPY`: the pool sends statements ahead of their answers, which a stream of rows does not
 * allow, and lets none take as long as a big table does.
 */
export async function ownClient(url: string): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: 'xrm backup',
    keepAlive: true,
    options:
      '-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=postgres -c search_path=xrm,public,extensions',
  })
  // What breaks the connection fails the statement that is on its way; without a listener it would end the process too.
  client.on('error', () => {})
  await client.connect()
  await client.query('SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0')
  return client
}
