/** `npm run pictures`: a picture of each lab in docs/pictures/, taken of the built page. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { chromium, type Page } from 'playwright'
import { preview } from 'vite'
import type {} from '../src/app/console.ts'
import type { ParameterValues } from '../src/labs/parameter.ts'
import { browserArguments, findBrowser } from '../test/browser/find.ts'

interface Picture {
  readonly name: string
  /** The lab and its values; the defaults otherwise. Small enough for a browser without a GPU. */
  readonly lab: string
  readonly values: ParameterValues
  readonly steps: number
}

const pictures: readonly Picture[] = [
  { name: 'init', lab: 'init', values: { dModel: 512, vocab: 50257, scheme: 'unit' }, steps: 3 },
  {
    name: 'training',
    lab: 'training',
    values: { dModel: 128, vocab: 4096, context: 32, batchSize: 4 },
    steps: 150,
  },
  { name: 'kl', lab: 'kl', values: {}, steps: 300 },
  { name: 'vib', lab: 'vib', values: { preset: 'embedding', beta: 0.001 }, steps: 1000 },
]

const folder = 'docs/pictures'
/** CSS pixels of the page, and bytes of a picture at most. */
const size = { width: 1280, height: 800 }
const mostBytes = 150_000

/** Opens the lab, and ends when its state is computed and drawn. */
async function show(page: Page, { lab, values, steps }: Picture): Promise<void> {
  await page.evaluate(
    async ({ lab, values, steps }) => {
      const { natlab } = window
      await natlab.open(lab, values)
      await natlab.run(steps)
      await natlab.metrics()
    },
    { lab, values, steps },
  )
  // the story makes room for the pictures, and what its question hides is shown
  const uncover = page.getByRole('button', { name: 'Show it' })
  if (await uncover.isVisible()) await uncover.click()
  for (const names of await page.getByRole('checkbox', { name: 'names' }).all()) await names.check()
  await page.getByRole('button', { name: 'Fold the story' }).click()
  await page.evaluate(() => {
    for (const one of document.querySelectorAll('*')) one.scrollTop = 0
  })
  // what is drawn beside the state (curves, surfaces, written lines) follows it
  await page.waitForTimeout(4000)
}

/** As WebP, which a browser writes and Playwright does not. */
async function smaller(page: Page, png: Buffer): Promise<Buffer> {
  const address = await page.evaluate(async (data) => {
    const image = new Image()
    image.src = `data:image/png;base64,${data}`
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = image.width
    canvas.height = image.height
    canvas.getContext('2d')?.drawImage(image, 0, 0)
    return canvas.toDataURL('image/webp', 0.85)
  }, png.toString('base64'))
  return Buffer.from(address.slice(address.indexOf(',') + 1), 'base64')
}

export async function run(words: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const server = await preview({ preview: { port: 0, strictPort: false }, logLevel: 'error' })
  const browser = await chromium.launch({ executablePath: findBrowser(), args: browserArguments })
  try {
    for (const picture of pictures) {
      if (words.length > 0 && !words.includes(picture.name)) continue
      const page = await browser.newPage({ viewport: size, reducedMotion: 'reduce' })
      page.setDefaultTimeout(300_000)
      await page.goto(server.resolvedUrls!.local[0])
      await page.waitForFunction(() => 'natlab' in window)
      await page.evaluate(() => window.natlab.ready)
      await show(page, picture)
      const bytes = await smaller(page, await page.screenshot())
      if (bytes.length > mostBytes) throw new Error(`${picture.name} has ${bytes.length} bytes.`)
      writeFileSync(`${folder}/${picture.name}.webp`, bytes)
      console.log(`${folder}/${picture.name}.webp: ${Math.round(bytes.length / 1000)} kB`)
      await page.close()
    }
  } finally {
    await browser.close()
    await server.close()
  }
}
