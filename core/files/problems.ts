import { defineProblems } from '@xrm/sdk'

export const problems = defineProblems({
  'file.name': { status: 422, title: 'A file cannot have this name' },
  'file.type': { status: 422, title: 'Files of this kind are not taken' },
  'file.mismatch': { status: 422, title: 'What is in the file is not what its name says' },
  'file.empty': { status: 422, title: 'The file is empty' },
  'file.too-large': { status: 413, title: 'The file is too large' },
  'file.quota': { status: 422, title: 'There is no room for more files' },
  'file.too-many': { status: 429, title: 'Too many files are on their way' },
  'file.aborted': { status: 400, title: 'The file did not come in whole' },
  'file.not-here': { status: 422, title: 'Files cannot be hung on this record' },
  'file.gone': { status: 410, title: 'What was in the file has been erased' },
})
