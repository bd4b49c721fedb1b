/** Files that the page saves, as a test reads them. */
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright'

/** Opens the dialog for sharing, and gives its group of this name. */
export async function group(page: Page, name: string) {
  if (!(await page.locator('dialog[open]').count())) {
    await page.getByRole('button', { name: 'Share and export' }).click()
    // its code comes with the first opening
    await page.locator('dialog[open]').waitFor()
  }
  return page.getByRole('region', { name })
}

/** What a button of a group saves. */
export async function saved(page: Page, name: string, button: string): Promise<Buffer> {
  const wanted = (await group(page, name)).getByRole('button', { name: button })
  const [file] = await Promise.all([page.waitForEvent('download'), wanted.click()])
  return readFile(await file.path())
}

/** The table of a CSV, without the lines that begin with #. Its fields have no line breaks. */
export function rowsOf(csv: string): Record<string, string>[] {
  const lines = csv.split('\r\n').filter((line) => line && !line.startsWith('#'))
  const [names, ...rows] = lines.map((line) =>
    [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
      .slice(0, -1)
      .map(([, field]) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field)),
  )
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])))
}

/** Pixels of a PNG: its size, the colour of its corner, and how many colours its last rows have. */
export const pixelsOf = (page: Page, png: Buffer, lastRows: number) =>
  page.evaluate(
    async ([data, lastRows]) => {
      const image = new Image()
      image.src = `data:image/png;base64,${data}`
      await image.decode()
      const { width, height } = image
      const canvas = new OffscreenCanvas(width, height)
      const context = canvas.getContext('2d', { willReadFrequently: true })!
      context.drawImage(image, 0, 0)
      const colours = (top: number, rows: number) => {
        const { data: pixels } = context.getImageData(0, top, width, rows)
        const found = new Set<number>()
        for (let at = 0; at < pixels.length; at += 4)
          found.add((pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2])
        return found.size
      }
      const corner = [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)]
      const footer = height - (lastRows as number)
      return { width, height, corner, above: colours(0, footer), below: colours(footer, lastRows as number) }
    },
    [png.toString('base64'), lastRows] as const,
  )
