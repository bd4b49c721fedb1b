/** `npm run pictures`: two pictures of each lab, taken of the built page: for the README, and for sites that show links. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type BrowserContextOptions, chromium, type Page } from 'playwright'
import { preview } from 'vite'
import type {} from '../src/app/console.ts'
import { pictureOf } from '../src/labs/linkPages.ts'
import type { ParameterValues } from '../src/labs/parameter.ts'
import { browserArguments, findBrowser } from '../test/browser/find.ts'
import { usualVisitor, visitAs } from '../test/browser/visitor.ts'

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

/** CSS pixels of the page, and pixels of the picture for each. A picture with a link is mostly shown small. */
const kinds = {
  readme: { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 },
  link: { viewport: { width: 1000, height: 525 }, deviceScaleFactor: 1.2 },
} satisfies Record<string, BrowserContextOptions>
/** Bytes of a picture at most. */
const mostBytes = 150_000

/** What only serves to change the page: a link shows none of it. */
const tools = '.panel, .story, .transport, .header > :not(.brand, .question)'

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
  const uncover = page.getByRole('button', { name: 'Show it' }).first()
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

function write(file: string, bytes: Buffer): void {
  if (bytes.length > mostBytes) throw new Error(`${file} has ${bytes.length} bytes.`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, bytes)
  console.log(`${file}: ${Math.round(bytes.length / 1000)} kB`)
}

/** `words` are names of pictures, and `readme` or `link`; all of them otherwise. */
export async function run(words: readonly string[]): Promise<void> {
  const wanted = <Name extends string>(names: readonly Name[]) => {
    const named = names.filter((name) => words.includes(name))
    return named.length > 0 ? named : names
  }
  const server = await preview({ preview: { port: 0, strictPort: false }, logLevel: 'error' })
  const browser = await chromium.launch({ executablePath: findBrowser(), args: browserArguments })
  try {
    for (const kind of wanted(['readme', 'link']))
      for (const name of wanted(pictures.map(({ name }) => name))) {
        const page = await browser.newPage({ ...kinds[kind], reducedMotion: 'reduce' })
        await page.addInitScript(visitAs, usualVisitor)
        page.setDefaultTimeout(300_000)
        await page.goto(server.resolvedUrls!.local[0])
        await page.waitForFunction(() => 'natlab' in window)
        await page.evaluate(() => window.natlab.ready)
        const picture = pictures.find((picture) => picture.name === name)!
        await show(page, picture)
        if (kind === 'link') {
          await page.addStyleTag({ content: `${tools} { display: none !important }` })
          await page.waitForTimeout(4000)
        }
        if (kind === 'readme')
          write(`docs/pictures/${name}.webp`, await smaller(page, await page.screenshot()))
        else write(`public/${pictureOf(picture.lab)}`, await page.screenshot({ type: 'jpeg', quality: 80 }))
        await page.close()
      }
  } finally {
    await browser.close()
    await server.close()
  }
}
