import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { detectDelimiter, Header } from './header.ts'
import { readRows, type Row } from './read-rows.ts'
import { asUtf8 } from './utf8-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'xrm-rows-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let count = 0

function file(content: string | Buffer): string {
  const path = join(folder, `${++count}.csv`)
  writeFileSync(path, content)
  return path
}

async function read(content: string | Buffer, delimiter = ','): Promise<Row[]> {
  const rows: Row[] = []
  for await (const some of readRows(file(content), { delimiter })) rows.push(...some)
  return rows
}

describe('reading rows', () => {
  it('names the physical line of each row, through mixed line ends, empty lines and breaks inside cells', async () => {
    const rows = await read('\uFEFFa,b\r\n1,"x\r\ny\nz"\n\n\r\n2,y\r3,z')
    expect(rows).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1', 'x\r\ny\nz'] },
      { line: 7, cells: ['2', 'y'] },
      { line: 8, cells: ['3', 'z'] },
    ])
  })

  it('refuses the one line whose quote is never closed and goes on with the next', async () => {
    const rows = await read(`a,b\n1,x\n2,"open\n3,y\n${'4,z\n'.repeat(3)}`)
    expect(rows.map(({ line, cells, error }) => [line, cells[0], error])).toEqual([
      [1, 'a', undefined],
      [2, '1', undefined],
      [3, '2,"open', 'a quote is opened and never closed'],
      [4, '3', undefined],
      [5, '4', undefined],
      [6, '4', undefined],
      [7, '4', undefined],
    ])
  })

  it('refuses a cell that goes on after its quote, and one with a quote in the middle', async () => {
    const rows = await read('a\n"x"y\nx"y\nfine\n')
    expect(rows.map(({ error }) => error)).toEqual([
      undefined,
      'a quoted cell goes on after its closing quote',
      'a quote stands inside a cell that is not quoted',
      undefined,
    ])
  })

  it('finds its way again after 800 kB behind an unclosed quote, and after a cell of many megabytes', async () => {
    const many = 'x,y\n'.repeat(200_000)
    const unclosed = await read(`a,b\n1,"open\n${many}`)
    expect(unclosed.length).toBe(200_002)
    expect(unclosed[1]?.error).toContain('never closed')
    const huge = await read(`a,b\n1,${'z'.repeat(20_000_000)}\n2,y\n`)
    expect(huge.map(({ line, error }) => [line, error === undefined])).toEqual([
      [1, true],
      [2, false],
      [3, true],
    ])
    expect(huge[1]!.cells[0]!.length).toBe(1000)
  })

  it('hands on ragged rows as they are', async () => {
    const rows = await read('a,b\n1\n1,2,3\n')
    expect(rows.map(({ cells }) => cells.length)).toEqual([2, 1, 3])
  })
})

describe('encodings', () => {
  const text = 'name;city\nMüller;Łódź\n'

  it.each([
    ['utf-8', Buffer.from(text)],
    ['utf-16le', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['utf-16be', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
  ])('reads %s without being told', async (encoding, bytes) => {
    const utf8 = await asUtf8(file(bytes), undefined)
    expect(utf8).toMatchObject({ encoding, detected: true })
    const rows: Row[] = []
    for await (const some of readRows(utf8.path, { delimiter: await detectDelimiter(utf8.path) }))
      rows.push(...some)
    expect(rows.map(({ cells }) => cells)).toEqual([
      ['name', 'city'],
      ['Müller', 'Łódź'],
    ])
    await utf8.remove()
  })

  it('takes what is not UTF-8 for Windows-1252, umlauts, euro sign and all', async () => {
    const utf8 = await asUtf8(
      file(Buffer.from([0x6e, 0x0a, 0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72, 0x20, 0x80, 0x0a])),
      undefined,
    )
    const rows: Row[] = []
    for await (const some of readRows(utf8.path, { delimiter: ',' })) rows.push(...some)
    expect([utf8.encoding, rows[1]?.cells[0]]).toEqual(['windows-1252', 'Müller €'])
    await utf8.remove()
  })
})

describe('the header', () => {
  it('names columns that occur twice', () => {
    expect(() => new Header(['a', 'b', 'a'])).toThrow('The header names columns twice.')
  })

  it('treats names that are magic in JavaScript as names, and gives those that are empty a number', () => {
    const header = new Header(['__proto__', '', 'constructor'])
    expect(header.names).toEqual(['__proto__', '#2', 'constructor'])
    expect([header.find('__proto__'), header.find('toString')]).toEqual([0, undefined])
  })

  it('stands ten thousand columns', () => {
    expect(new Header(Array.from({ length: 10_000 }, (_, index) => `c${index}`)).find('c9999')).toBe(9999)
  })

  it('gives columns names for expressions; two that look alike cannot be used there', () => {
    const header = new Header(['Straße & Nr.', 'Post Code', 'post-code'])
    expect([header.alias('strasse_nr'), header.alias('post_code')]).toEqual([0, undefined])
  })

  it('finds the delimiter that the first line has most of', async () => {
    expect(await detectDelimiter(file('"a,b,c";b;c\n'))).toBe(';')
    expect(await detectDelimiter(file('a\tb\n'))).toBe('\t')
    expect(await detectDelimiter(file('a\n'))).toBe(',')
  })
})
