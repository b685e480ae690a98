import accounts from '../accounts/index.ts'
import activities from '../activities/index.ts'
import contacts from '../contacts/index.ts'
import files from '../files/index.ts'
import employees from './index.ts'
import { testPlugin } from '../../test/contracts/plugin.ts'

testPlugin(employees, [accounts, activities, contacts, files])
