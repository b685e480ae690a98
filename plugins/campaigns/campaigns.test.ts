import campaigns from './index.ts'
import { testPlugin } from '../../test/contracts/plugin.ts'

testPlugin(campaigns)
