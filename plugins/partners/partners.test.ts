import accounts from '../accounts/index.ts'
import activities from '../activities/index.ts'
import contacts from '../contacts/index.ts'
import files from '../files/index.ts'
import partners from './index.ts'
import { testPlugin } from '../../test/contracts/plugin.ts'

testPlugin(partners, [accounts, activities, contacts, files])
