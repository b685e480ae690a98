import accounts from '../accounts/index.ts'
import contacts from './index.ts'
import { testPlugin } from '../../test/contracts/plugin.ts'

testPlugin(contacts, [accounts])
