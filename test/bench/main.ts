import { bench } from './bench.ts'
import { readOptions } from './options.ts'

await bench(readOptions(process.argv.slice(2)))
