import { expect, test } from 'vitest'
import { fileIcon, formatSize, pastedName } from './file-texts.ts'

test('a size is said in the unit that people would use', () => {
  expect([0, 999, 1000, 25_000_000, 3_450_000, 12_345_678_901].map((size) => formatSize(size, 'en'))).toEqual(
    ['0 bytes', '999 bytes', '1 kB', '25 MB', '3.5 MB', '12.3 GB'],
  )
  expect(formatSize(3_450_000, 'de')).toBe('3,5 MB')
})

test('files are told apart by icons, and what is not known has one too', () => {
  expect(['application/pdf', 'image/png', 'text/csv', 'x/y'].map(fileIcon)).toEqual([
    'file-text',
    'file-image',
    'file-spreadsheet',
    'file',
  ])
})

test('a pasted picture gets a name that a file can have', () => {
  expect(pastedName({ name: 'image.png' }, 'Pasted 11/22/2026, 11:45')).toBe('Pasted 11.22.2026, 11.45.png')
  expect(pastedName({ name: 'Offer.pdf' }, 'Pasted')).toBe('Offer.pdf')
})
