import { definePlugin } from '@xrm/sdk'
import { account } from './account.entity.ts'
import { accountRoles } from './accounts.roles.ts'
import { accountForm, accountViews } from './accounts.views.ts'
import { abcClass, accountRole, industry } from './options.ts'
import { accountDemo } from './accounts.demo.ts'

/** Organisations of every kind, the hub that contacts, opportunities and suppliers refer to. */
export default definePlugin({
  name: 'accounts',
  title: 'Accounts',
  labels: { de: 'Firmen' },
  description: 'Organisations with several roles at once: customers, prospects, suppliers, partners.',
  compatible: '^1.0.0',
  entities: [account],
  optionSets: { 'account-role': accountRole, 'abc-class': abcClass, industry },
  views: accountViews,
  forms: { account: accountForm },
  roles: accountRoles,
  demo: accountDemo,
})
