import accounts from '../accounts/index.ts'
import campaigns from '../campaigns/index.ts'
import contacts from '../contacts/index.ts'
import opportunities from './index.ts'
import { testPlugin } from '../../test/contracts/plugin.ts'

testPlugin(opportunities, [accounts, campaigns, contacts])
