import accounts from '../accounts/index.ts'
import activities from '../activities/index.ts'
import campaigns from '../campaigns/index.ts'
import contacts from '../contacts/index.ts'
import files from '../files/index.ts'
import leads from './index.ts'
import opportunities from '../opportunities/index.ts'
import { testPlugin } from '../../test/contracts/plugin.ts'

testPlugin(leads, [accounts, activities, campaigns, contacts, files, opportunities])
