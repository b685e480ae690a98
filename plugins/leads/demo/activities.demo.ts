import type { DemoContext } from '@xrm/sdk'

const done = [
  ['call', 'First call', 'Reached at once. Interested in an offer, decides with the production manager.'],
  ['call', 'Called back', 'Asked for references in the same trade.'],
  ['email', 'Sent the brochure', 'Brochure and price list as agreed.'],
  ['meeting', 'Meeting at their office', 'Went through the requirements; next step is a test run.'],
  ['note', 'Learned at the fair', 'They plan a new hall for next year.'],
  [
    'visit_report',
    'Visit of the plant',
    'Three lines, two of them older than ten years. Good contact to the foreman.',
  ],
  ['email', 'Answer to the offer', 'Price is fine, delivery time is not.'],
  ['note', 'Credit check', 'No objections.'],
] as const

const planned = [
  ['call', 'Ask whether the brochure arrived'],
  ['task', 'Prepare the offer'],
  ['meeting', 'Presentation of the solution'],
  ['task', 'Clarify the delivery time with production'],
  ['call', 'Follow up on the offer'],
  ['task', 'Send references'],
] as const

/** What was done and is planned: on leads, and on customers with their contacts and opportunities. */
export async function activityDemo(demo: DemoContext, leads: readonly string[]): Promise<void> {
  const people = demo.users('sales')
  const rows: Record<string, unknown>[] = []
  const add = (index: number, regarding: string[], isDone: boolean): void => {
    const [type, subject, description = null] = isDone
      ? done[index % done.length]!
      : planned[index % planned.length]!
    const assignee = people[index % people.length]
    const hour = `${String(8 + (index % 9)).padStart(2, '0')}:${index % 2 === 0 ? '00' : '30'}:00.000Z`
    const at = `${demo.day(isDone ? -1 - Math.floor(demo.random() * 90) : Math.floor(demo.random() * 28) - 5)}T${hour}`
    rows.push({
      type,
      subject,
      description,
      regarding,
      status: isDone ? 'done' : 'planned',
      due_at: type === 'note' ? null : at,
      done_at: isDone ? at : null,
      priority: index % 7 === 0 ? 'high' : 'normal',
      direction: type === 'call' || type === 'email' ? demo.pick(['outbound', 'outbound', 'inbound']) : null,
      duration_minutes: type === 'call' ? 10 : type === 'meeting' || type === 'visit_report' ? 90 : null,
      assignee: !isDone && index % 6 === 5 ? null : assignee,
      assigned_team: !isDone && index % 6 === 5 ? demo.team('sales') : null,
      owner: assignee,
      team: demo.team('sales'),
    })
  }
  leads.forEach((lead, index) => {
    // New leads have no history yet; those further on have two entries, an open one among them.
    if (index >= 32 && index % 2 === 0) add(index, [`lead/${lead}`], true)
    if (index >= 32 && index % 3 === 0) add(index, [`lead/${lead}`], false)
  })
  const accounts = demo.ids('account')
  const contacts = demo.ids('contact')
  accounts.forEach((account, index) =>
    add(index, [`account/${account}`, `contact/${contacts[index * 2]}`], true),
  )
  demo.ids('opportunity').forEach((opportunity, index) => {
    if (index % 3 !== 2) add(index, [`opportunity/${opportunity}`], index % 3 === 0)
  })
  await demo.create('activity', rows)
}
