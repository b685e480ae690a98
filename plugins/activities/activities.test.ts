import activities from './index.ts'
import { testPlugin } from '../../test/contracts/plugin.ts'

testPlugin(activities)
