/**
 * The VIB lab in the built page: how long its sweep takes and how steadily the page draws meanwhile; how soon there is
 * a latent picture, and how soon it follows β.
 *
 * Where WebGL is computed in software, drawing alone costs more than a display's frame: the intervals of the same
 * panels drawn again and again while nothing is computed stand beside those of the sweep.
 */

import type { Browser, Page } from 'playwright'
import { usualVisitor, visitAs } from '../browser/visitor.ts'
import { summarize } from './report.ts'
import { watch } from './watch.ts'

interface Intervals {
  readonly median: number
  /** 95 % are no longer. */
  readonly most: number
  readonly longest: number
  readonly count: number
}

export interface SweepResult {
  readonly asked: 'automatic' | 'wasm'
  readonly backend: string
  readonly adapter: string
  readonly models: number
  /** From the press of Play to the last training step, the evaluations on the way included. */
  readonly seconds: number
  /** To the end of the last evaluation, on all validation images. */
  readonly secondsEvaluated: number
  /** Median over seeds of the validation error at each β, per cent: what the time was spent on. */
  readonly validationErrors: readonly (readonly [beta: number, percent: number])[]
  /** Milliseconds between animation frames: while it trains, while the kept frames are drawn again, and at rest. */
  readonly training: Intervals
  readonly redrawing: Intervals
  readonly resting: Intervals
}

export interface EmbeddingResult {
  readonly backend: string
  readonly adapter: string
  /** Milliseconds from opening the address, nothing cached, to the first latent picture. */
  readonly firstPicture: readonly number[]
  /**
   * Milliseconds from the last move of a drag of β until a picture with images encoded after a step with that β came
   * from the engine, and until it was drawn.
   */
  readonly dragsComputed: readonly number[]
  readonly drags: readonly number[]
  /** Training steps a second while nothing is dragged. */
  readonly stepsPerSecond: number
}

/** Minutes after which a sweep is given up. */
const longestSweep = 30

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((first, second) => first - second)[Math.ceil(share * values.length) - 1]

function intervalsOf(times: readonly number[]): Intervals {
  const all = times.slice(1).map((time, index) => time - times[index])
  return {
    median: percentile(all, 0.5),
    most: percentile(all, 0.95),
    longest: percentile(all, 1),
    count: all.length,
  }
}

/** Opens the page in a context of its own, so that nothing is cached. */
async function open(browser: Browser, address: string, hash: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  await page.addInitScript(visitAs, usualVisitor)
  await page.addInitScript(watch)
  await page.goto(`${address}#${hash}`)
  await page.waitForFunction(() => 'natlab' in window)
  return page
}

/** Intervals of animation frames while `act` goes on. */
async function watching(page: Page, act: () => Promise<unknown>): Promise<Intervals> {
  await page.evaluate(() => window.watched.watchFrames(true))
  await act()
  return intervalsOf(
    await page.evaluate(() => {
      window.watched.watchFrames(false)
      return window.watched.frames
    }),
  )
}

/** Looks back at one kept frame after the other, so that every panel is drawn anew as often as the page can. */
function redraw(page: Page, seconds: number): Promise<void> {
  return page.getByRole('slider', { name: 'Look back' }).evaluate(async (node, seconds) => {
    const slider = node as HTMLInputElement
    const until = performance.now() + 1000 * seconds
    for (let turn = 0; performance.now() < until; turn++) {
      slider.value = String(turn % (Number(slider.max) + 1))
      slider.dispatchEvent(new Event('input', { bubbles: true }))
      await new Promise(requestAnimationFrame)
    }
  }, seconds)
}

export async function vibSweep(browser: Browser, address: string): Promise<SweepResult[]> {
  const results: SweepResult[] = []
  for (const asked of ['automatic', 'wasm'] as const) {
    // a lab that an address names begins to play at once; the console opens it paused
    const page = await open(browser, address, `lab=kl&starts=0${asked === 'wasm' ? '&backend=wasm' : ''}`)
    const { kind, adapter } = await page.evaluate(async () => {
      await window.natlab.open('vib', { preset: 'sweep' })
      await window.natlab.metrics()
      return window.natlab.backend()
    })
    if (!results.some(({ backend }) => backend === kind)) {
      const resting = await watching(page, () => page.waitForTimeout(3000))
      const start = await page.evaluate(() => performance.now())
      const training = await watching(page, async () => {
        await page.getByRole('button', { name: 'Play' }).click()
        await page.waitForFunction(() => window.watched.finished, undefined, {
          polling: 500,
          timeout: longestSweep * 60_000,
        })
      })
      const { finishedAt, evaluatedAt, found } = await page.evaluate(async () => {
        const found = await window.natlab.metrics()
        return { finishedAt: window.watched.finishedAt as number, evaluatedAt: performance.now(), found }
      })
      const betas = found.betas as number[]
      const errors = found.validationError as number[]
      results.push({
        asked,
        backend: kind,
        adapter,
        models: betas.length,
        seconds: (finishedAt - start) / 1000,
        secondsEvaluated: (evaluatedAt - start) / 1000,
        validationErrors: [...new Set(betas)].map((beta) => {
          const own = errors.filter((_, model) => betas[model] === beta)
          return [beta, 100 * (summarize(own)?.median ?? Number.NaN)] as const
        }),
        training,
        redrawing: await watching(page, () => redraw(page, 3)),
        resting,
      })
    }
    await page.context().close()
  }
  return results
}

const openings = 3
const drags = 15

/** One drag by moves at a hand's pace, there or back; milliseconds from its last move until the picture follows. */
async function dragBeta(page: Page, turn: number): Promise<{ computed: number; drawn: number }> {
  const box = await page.getByRole('slider', { name: 'β', exact: true }).boundingBox()
  if (!box) throw new Error('no slider is named β')
  // different places each time, so that every drag ends at a β that was not there before
  const part = (share: number) => 0.45 + (turn % 2 ? -1 : 1) * 0.15 * share + 0.002 * turn
  const moves = 8
  await page.evaluate(() => {
    window.watched.moves.length = 0
  })
  for (let move = 0; move <= moves; move++) {
    await page.mouse.move(box.x + box.width * part((2 * move) / moves - 1), box.y + box.height / 2)
    if (move === 0) await page.mouse.down()
    await page.waitForTimeout(16)
  }
  const drawn = await page.waitForFunction(
    () => {
      const { beta } = window.natlab.parameters()
      const { moves, tracks } = window.watched
      const move = moves.find((one) => one.beta === beta)
      const track = tracks.findLast((one) => one.beta === beta)
      if (!move || track?.arrivedAt === undefined || track.drawnAt === undefined) return undefined
      return { computed: track.arrivedAt - move.time, drawn: track.drawnAt - move.time }
    },
    undefined,
    { timeout: 60_000 },
  )
  await page.mouse.up()
  return (await drawn.jsonValue()) as { computed: number; drawn: number }
}

export async function vibEmbedding(browser: Browser, address: string): Promise<EmbeddingResult[]> {
  const results: EmbeddingResult[] = []
  for (const backend of ['wasm', 'webgpu'] as const) {
    const firstPicture: number[] = []
    for (let opening = 1; opening <= openings; opening++) {
      // as the preset, but that it does not end before the drags do
      const page = await open(browser, address, `lab=vib&preset=embedding&epochs=400&backend=${backend}`)
      const picture = await page.waitForFunction(() => window.watched.firstPicture, undefined, {
        timeout: 300_000,
      })
      firstPicture.push((await picture.jsonValue()) as number)
      if (opening === openings) {
        const { kind, adapter } = await page.evaluate(() => window.natlab.backend())
        if (kind !== backend) throw new Error(`the page chose ${kind} where ${backend} was asked for`)
        await page.waitForFunction(() => window.watched.step > 0)
        const [from, to] = [await progress(page), await page.waitForTimeout(3000).then(() => progress(page))]
        const times: Awaited<ReturnType<typeof dragBeta>>[] = []
        for (let turn = 0; turn < drags; turn++) {
          times.push(await dragBeta(page, turn))
          await page.waitForTimeout(200)
        }
        const stepsPerSecond = (to.step - from.step) / ((to.time - from.time) / 1000)
        results.push({
          backend,
          adapter,
          firstPicture,
          dragsComputed: times.map(({ computed }) => computed),
          drags: times.map(({ drawn }) => drawn),
          stepsPerSecond,
        })
      }
      await page.context().close()
    }
  }
  return results
}

const progress = (page: Page) => page.evaluate(() => ({ step: window.watched.step, time: performance.now() }))

const show = (milliseconds: number) => milliseconds.toFixed(milliseconds < 100 ? 1 : 0)
const mark = (reached: boolean) => (reached ? '✓' : '✗')

function intervalText(name: string, { median, most, longest, count }: Intervals): string {
  return `    ${name.padEnd(46)}${[median, most, longest].map((one) => show(one).padStart(8)).join('')}  ${count}`
}

export function sweepTable(results: readonly SweepResult[]): string {
  return [
    '',
    'vibSweep   (the preset sweep in the built page)',
    ...results.flatMap((result) => {
      const { backend, adapter, models, seconds, secondsEvaluated, validationErrors } = result
      return [
        `  ${backend}${result.asked === 'automatic' ? ', the automatic choice' : ''}: ${adapter}`,
        `    ${models} models in ${seconds.toFixed(1)} s, ${(seconds / models).toFixed(2)} s a model; evaluated after ${secondsEvaluated.toFixed(1)} s`,
        `    validation error: ${validationErrors.map(([beta, percent]) => `β ${Number(beta.toPrecision(2))} ${percent.toFixed(2)} %`).join(', ')}`,
        `    ${'ms between animation frames'.padEnd(46)}  median    95 % longest  n`,
        intervalText('while it trains', result.training),
        intervalText('the same panels drawn again, nothing computed', result.redrawing),
        intervalText('at rest', result.resting),
      ]
    }),
  ].join('\n')
}

export function embeddingTable(results: readonly EmbeddingResult[]): string {
  return [
    '',
    'vibEmbedding   (the preset embedding in the built page; targets on wasm: 3 s and 100 ms)',
    ...results.flatMap(({ backend, adapter, firstPicture, dragsComputed, drags, stepsPerSecond }) => {
      const first = percentile(firstPicture, 0.5)
      const median = percentile(drags, 0.5)
      const judged = (reached: boolean) => (backend === 'wasm' ? ` ${mark(reached)}` : '')
      return [
        `  ${backend}: ${adapter}, ${stepsPerSecond.toFixed(0)} training steps a second`,
        `    first latent picture after ${show(first)} ms${judged(first <= 3000)} (${firstPicture.map(show).join(', ')})`,
        `    drag of β to a picture computed with it: median ${show(median)} ms${judged(median <= 100)}, 95 % ${show(percentile(drags, 0.95))} ms, n ${drags.length}; of these until the engine had sent it: median ${show(percentile(dragsComputed, 0.5))} ms, 95 % ${show(percentile(dragsComputed, 0.95))} ms`,
      ]
    }),
  ].join('\n')
}
