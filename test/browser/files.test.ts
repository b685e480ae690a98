import type { ListAnswer, RecordData } from '@xrm/sdk/api'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import files from '../../plugins/files/index.ts'
import { pixel } from '../support/files.ts'
import { testApp, seriousFindings } from './app.ts'

const app = testApp({ plugins: [files] })

const shots = process.env['SHOTS']

/** A look for people: `SHOTS=folder` keeps pictures of what the tests have opened. */
async function look(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png` })
  expect(await seriousFindings(page), name).toEqual([])
}

const makeLead = (): Promise<RecordData> => app.api('POST', '/api/records/lead', { last_name: 'Weiß' })
const filesOf = async (lead: RecordData): Promise<RecordData[]> => {
  const filter = encodeURIComponent(`"lead/${lead.id}" in regarding`)
  return (await app.api<ListAnswer>('GET', `/api/records/file?filter=${filter}&sort=name`)).items
}
const text = (name: string, content: string) => ({
  name,
  mimeType: 'text/plain',
  buffer: Buffer.from(content),
})

test('files are added, downloaded, renamed, taken away and brought back, by keyboard too', async () => {
  const lead = await makeLead()
  const page = await app.signedIn(`/records/lead/${lead.id}`)
  const part = page.locator('xrm-files')
  await part.getByText('Noch keine Dateien.').waitFor()
  const chooser = page.waitForEvent('filechooser')
  await part.getByRole('button', { name: 'Dateien hinzufügen' }).press('Enter')
  await (
    await chooser
  ).setFiles([text('Anfrage.txt', 'Guten Tag'), { name: 'Foto.png', mimeType: 'image/png', buffer: pixel }])
  await part.getByRole('link', { name: 'Anfrage.txt' }).waitFor()
  await part.getByRole('link', { name: 'Foto.png' }).waitFor()
  const coming = page.waitForEvent('download')
  await part.getByRole('link', { name: 'Anfrage.txt' }).click()
  const download = await coming
  expect(download.suggestedFilename()).toBe('Anfrage.txt')
  const stream = await download.createReadStream()
  const parts: Buffer[] = []
  for await (const chunk of stream) parts.push(chunk as Buffer)
  expect(Buffer.concat(parts).toString()).toBe('Guten Tag')

  await part.getByRole('button', { name: 'Anfrage.txt umbenennen' }).press('Enter')
  await page.keyboard.type('Anfrage Mai')
  await page.keyboard.press('Enter')
  await part.getByRole('link', { name: 'Anfrage Mai.txt' }).waitFor()

  await part.getByRole('button', { name: 'Foto.png in den Papierkorb legen' }).press('Enter')
  await part.getByRole('link', { name: 'Foto.png' }).waitFor({ state: 'detached' })
  await page.getByText('Foto.png liegt im Papierkorb.').waitFor()
  await page.getByRole('button', { name: 'Rückgängig' }).last().click()
  await part.getByRole('link', { name: 'Foto.png' }).waitFor()
  expect((await filesOf(lead)).map(({ name }) => name)).toEqual(['Anfrage Mai.txt', 'Foto.png'])
  await page.locator('xrm-timeline').getByRole('link', { name: 'Foto.png' }).waitFor()
  await look(page, 'files')
  expect(app.complaints).toEqual([])
})

test('files come by drop and by paste; what is refused says why and goes away', async () => {
  const lead = await makeLead()
  const page = await app.signedIn(`/records/lead/${lead.id}`, { locale: 'en-US', colorScheme: 'dark' })
  const part = page.locator('xrm-files')
  await part.getByText('No files yet.').waitFor()
  await page.evaluate(`
    const transfer = new DataTransfer()
    transfer.items.add(new File(['dropped'], 'Dropped.txt'))
    transfer.items.add(new File(['MZ'], 'Setup.exe'))
    const event = { bubbles: true, composed: true, cancelable: true, dataTransfer: transfer }
    document.body.dispatchEvent(new DragEvent('dragover', event))
    document.body.dispatchEvent(new DragEvent('drop', event))
  `)
  await part.getByRole('link', { name: 'Dropped.txt' }).waitFor()
  await part.getByText('Programs and scripts are not taken.').first().waitFor()
  await page.evaluate(`
    const clipboardData = new DataTransfer()
    clipboardData.items.add(new File(['pasted'], 'Pasted.txt'))
    document.body.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData }))
  `)
  await part.getByRole('link', { name: 'Pasted.txt' }).waitFor()
  await look(page, 'files-dark')
  await part.getByRole('button', { name: 'Dismiss: Setup.exe' }).click()
  expect(await part.getByText('Setup.exe', { exact: true }).count()).toBe(0)
  expect((await filesOf(lead)).map(({ name }) => name)).toEqual(['Dropped.txt', 'Pasted.txt'])
  expect(app.complaints).toEqual([])
})

test('the page of a file shows a picture and where it hangs', async () => {
  const lead = await makeLead()
  const page = await app.signedIn(`/records/lead/${lead.id}`)
  const chooser = page.waitForEvent('filechooser')
  await page.locator('xrm-files').getByRole('button', { name: 'Dateien hinzufügen' }).click()
  await (await chooser).setFiles([{ name: 'Bild.png', mimeType: 'image/png', buffer: pixel }])
  await page.locator('xrm-timeline').getByRole('link', { name: 'Bild.png' }).click()
  const content = page.locator('xrm-file-content')
  await content.getByRole('link', { name: 'Herunterladen' }).waitFor()
  const picture = content.getByRole('img', { name: 'Vorschau von Bild.png' })
  await expect
    .poll(() => picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth), {
      timeout: 30_000,
    })
    .toBe(1)
  await page.getByText('Weiß').first().waitFor()
  await look(page, 'file')
  expect(app.complaints).toEqual([])
})
