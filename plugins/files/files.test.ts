import files from './index.ts'
import { testPlugin } from '../../test/contracts/plugin.ts'

testPlugin(files)
