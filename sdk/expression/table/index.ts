import { dates } from './dates.ts'
import {
  createFunctionTable,
  defineFunction,
  type FunctionRow,
  type FunctionTable,
  type Run,
} from './define.ts'
import { lists } from './lists.ts'
import { logic } from './logic.ts'
import { money } from './money.ts'
import { numbers } from './numbers.ts'
import { strings } from './strings.ts'

const user: readonly FunctionRow[] = [
  defineFunction({
    signature: 'myTeams(): teams',
    description: 'The teams of the signed-in user: team in myTeams().',
    volatile: true,
    run: (run: Run) => run.context.teams ?? [],
    sql: (to) => to.context('teams'),
  }),
  defineFunction({
    signature: 'myRecord(): record',
    description:
      'The record that the login stands for, such as the account of a customer: account == myRecord().',
    volatile: true,
    run: (run: Run) => run.context.record ?? null,
    sql: (to) => to.context('record'),
  }),
]

/**
 * The one table of operators and functions: what each takes and gives, in JavaScript and in SQL, with the line
 * that the editor's completion and the documentation show.
 */
export const functionTable: FunctionTable = createFunctionTable([
  ...logic,
  ...numbers,
  ...money,
  ...strings,
  ...dates,
  ...lists,
  ...user,
])

/** What completion and documentation show beside the rows: forms that bind a name, and names that are always there. */
export const languageForms: readonly { name: string; signature: string; description: string }[] = [
  {
    name: 'exists',
    signature: 'list.exists(x, condition): bool',
    description: 'The condition is met for one element x at least.',
  },
  {
    name: 'all',
    signature: 'list.all(x, condition): bool',
    description: 'The condition is met for every element x; true for an empty list.',
  },
  { name: 'me', signature: 'me: record<user>', description: 'The signed-in user.' },
]
