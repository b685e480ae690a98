import type { Decimal, Money } from '../values.ts'
import { defineFunction, type FunctionRow, type Sql } from './define.ts'
import {
  boundedDecimal,
  divide,
  divideSql,
  multiply,
  multiplySql,
  refusePlaces,
  round,
  safeDecimal,
} from './numbers.ts'
import { sameCurrency } from './text-order.ts'

/** Money. Amounts are exact decimals: rounding to what a currency can pay is the field's business, or `round`'s. */
export const money: readonly FunctionRow[] = [
  ...(['+', '-'] as const).map((operator) =>
    defineFunction({
      signature: `${operator}(money, money): money`,
      description: 'Of one currency; missing if the currencies differ.',
      js(a: Money, b: Money) {
        if (a.currency !== b.currency) return null
        return withAmount(
          a,
          safeDecimal(operator === '+' ? a.amount.plus(b.amount) : a.amount.minus(b.amount)),
        )
      },
      sql: (_, a, b) => ({
        amount: `(CASE WHEN ${sameCurrency(a, b)} THEN ${boundedDecimal(`${a} ${operator} ${b}`)} END)`,
        currency: a.currency,
      }),
    }),
  ),
  defineFunction({
    signature: '*(money, decimal): money',
    description: 'So many times the amount, rounded half up to 24 places.',
    js: (a: Money, b: Decimal) => withAmount(a, multiply(a.amount, b)),
    sql: (_, a, b) => withSqlAmount(a, multiplySql(a, b)),
  }),
  defineFunction({
    signature: '*(decimal, money): money',
    description: 'So many times the amount, rounded half up to 24 places.',
    js: (a: Decimal, b: Money) => withAmount(b, multiply(a, b.amount)),
    sql: (_, a, b) => withSqlAmount(b, multiplySql(a, b)),
  }),
  defineFunction({
    signature: '/(money, decimal): money',
    description: 'The amount divided, rounded half up to 12 places; by zero it is missing.',
    js: (a: Money, b: Decimal) => withAmount(a, divide(a.amount, b)),
    sql: (_, a, b) => withSqlAmount(a, divideSql(a, b)),
  }),
  defineFunction({
    signature: '/(money, money): decimal',
    description: 'The ratio of two amounts of one currency.',
    js: (a: Money, b: Money) => (a.currency === b.currency ? divide(a.amount, b.amount) : null),
    sql: (_, a, b) => `(CASE WHEN ${sameCurrency(a, b)} THEN ${divideSql(a, b)} END)`,
  }),
  defineFunction({
    signature: '-(money): money',
    description: 'The negative amount.',
    js: (a: Money) => withAmount(a, a.amount.neg()),
    sql: (_, a) => withSqlAmount(a, `(- ${a})`),
  }),
  defineFunction({
    signature: 'abs(money): money',
    description: 'The amount without its sign.',
    js: (a: Money) => withAmount(a, a.amount.abs()),
    sql: (_, a) => withSqlAmount(a, `abs(${a})`),
  }),
  defineFunction({
    signature: 'round(money, literal int): money',
    description: 'The amount rounded to so many places; a half goes away from zero.',
    refuse: refusePlaces,
    js: (a: Money, places: number) => withAmount(a, round(a.amount, places)),
    sql: (_, a, places) => withSqlAmount(a, boundedDecimal(`round(${a}, ${String(places.constant)})`)),
  }),
  defineFunction({
    signature: '.amount(money): decimal',
    description: 'The amount alone.',
    js: (a: Money) => a.amount,
    sql: (_, a) => a.amount,
  }),
  defineFunction({
    signature: '.currency(money): string',
    description: 'The currency alone, such as EUR.',
    bind: true,
    js: (a: Money) => a.currency,
    sql: (_, a) => `(CASE WHEN ${a.amount} IS NOT NULL THEN ${a.currency} END)`,
  }),
  defineFunction({
    signature: 'money(decimal, string): money',
    description: 'An amount in a currency, such as money(12.5, "EUR"); a wrong currency code is missing.',
    js: (amount: Decimal, currency: string) => (/^[A-Z]{3}$/.test(currency) ? { amount, currency } : null),
    sql: (_, a, b) => ({
      amount: `(CASE WHEN ${b} COLLATE "C" ~ '^[A-Z]{3}$' THEN ${a} END)`,
      currency: `${b}`,
    }),
  }),
]

function withAmount({ currency }: Money, amount: Decimal | null): Money | null {
  return amount && { amount, currency }
}

function withSqlAmount({ currency }: Sql, amount: string) {
  return { amount, currency }
}
