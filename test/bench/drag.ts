/**
 * How long the built page's main thread is busy while a slider is dragged, on each backend.
 *
 * Times come from Chrome's trace: tasks, and the scripts in them. A task also waits for the GPU process, which
 * on a software adapter draws for hundreds of milliseconds; a script also waits while other programs have the
 * processor. What our own code takes is therefore its scripts' processor time, all that one task has of it, and that
 * is judged; the time on the clock stands beside it, with calls into WebGL taken off and shown by themselves.
 */

import type { Browser, Page } from 'playwright'
import { usualVisitor, visitAs } from '../browser/visitor.ts'

interface LongFrame {
  readonly duration: number
  readonly scripts: readonly string[]
}

export interface DragResult {
  readonly backend: string
  readonly adapter: string
  readonly action: string
  /** Milliseconds. Longest task of the main thread, and the most script in one, WebGL calls taken off. */
  readonly longestTask: number
  readonly longestScript: number
  /** The same by processor time, WebGL calls included; NaN where the trace has none. */
  readonly longestScriptProcessor: number
  /** Longest sum of WebGL calls within one task. */
  readonly longestWebGl: number
  readonly longestFrameGap: number
  /** Animation frames beyond 50 ms, as the page itself sees them, with the scripts that they are put down to. */
  readonly longFrames: readonly LongFrame[]
}

interface Interval {
  readonly start: number
  readonly duration: number
  readonly processor: number
}

interface Observed {
  /** Frames are asked for only then: a page that rests draws none. */
  dragging: boolean
  readonly webGl: [start: number, end: number][]
  readonly frames: number[]
  readonly longFrames: LongFrame[]
}

declare global {
  interface Window {
    observed: Observed
  }
}

/** Runs in the page before its own scripts. */
function observe(): void {
  const webGl: Observed['webGl'] = []
  const frames: number[] = []
  const longFrames: LongFrame[] = []
  window.observed = { dragging: false, webGl, frames, longFrames }
  const prototype = WebGL2RenderingContext.prototype as unknown as Record<string, unknown>
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (typeof value !== 'function' || name === 'constructor') continue
    prototype[name] = function (this: unknown, ...given: unknown[]) {
      const start = performance.now()
      const result = value.apply(this, given)
      webGl.push([start, performance.now()])
      return result
    }
  }
  const onFrame = () => {
    if (!window.observed.dragging) return
    frames.push(performance.now())
    requestAnimationFrame(onFrame)
  }
  addEventListener('drag-start', () => requestAnimationFrame(onFrame))
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { scripts } = entry as PerformanceEntry & {
        scripts: { sourceURL: string; invoker: string; duration: number }[]
      }
      longFrames.push({
        duration: entry.duration,
        scripts: scripts.map(({ sourceURL, invoker, duration }) => `${duration} ms ${invoker} ${sourceURL}`),
      })
    }
  }).observe({ type: 'long-animation-frame' })
}

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly ts: number
  readonly dur?: number
  readonly tdur?: number
  readonly pid: number
  readonly tid: number
}

/** The main thread's complete events of a name, in the page's own clock. The action's marks set the clock. */
function intervals(events: readonly TraceEvent[], names: readonly string[], markTime: number): Interval[] {
  const mark = events.find(({ name }) => name === 'drag-start')
  if (!mark) throw new Error('the trace lacks the mark of the drag')
  return events
    .filter(
      ({ name, ph, pid, tid }) => ph === 'X' && pid === mark.pid && tid === mark.tid && names.includes(name),
    )
    .filter(({ ts }) => ts >= mark.ts)
    .map(({ ts, dur = 0, tdur = Number.NaN }) => ({
      start: markTime + (ts - mark.ts) / 1000,
      duration: dur / 1000,
      processor: tdur / 1000,
    }))
}

const largest = (values: readonly number[]): number =>
  values.reduce((first, second) => Math.max(first, second), 0)

/** Trace events that are runs of the page's script; one within another counts once, as the longer. */
const scriptEvents = [
  'FunctionCall',
  'EvaluateScript',
  'RunMicrotasks',
  'FireAnimationFrame',
  'EventDispatch',
]

async function measured(
  browser: Browser,
  page: Page,
  act: Act,
): Promise<Omit<DragResult, 'backend' | 'adapter' | 'action'>> {
  await browser.startTracing(page, {
    categories: [
      '-*',
      'toplevel',
      'devtools.timeline',
      'disabled-by-default-devtools.timeline',
      'blink.user_timing',
    ],
  })
  const markTime = await page.evaluate(() => {
    const { webGl, frames, longFrames } = window.observed
    webGl.length = frames.length = longFrames.length = 0
    window.observed.dragging = true
    dispatchEvent(new Event('drag-start'))
    return performance.mark('drag-start').startTime
  })
  await act()
  await page.evaluate(() => {
    window.observed.dragging = false
  })
  // the last value's result has to be drawn too
  await page.waitForTimeout(1000)
  const observed = await page.evaluate(() => window.observed)
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[]
  }

  const webGlWithin = ({ start, duration }: Interval) =>
    observed.webGl
      .filter(([from, to]) => from >= start && to <= start + duration)
      .reduce((sum, [from, to]) => sum + to - from, 0)
  const within = (inner: Interval, outer: Interval) =>
    inner.start >= outer.start && inner.start + inner.duration <= outer.start + outer.duration
  const runs = intervals(traceEvents, scriptEvents, markTime)
  const outermost = runs.filter(
    (run) => !runs.some((other) => other.duration > run.duration && within(run, other)),
  )
  const tasks = intervals(traceEvents, ['RunTask', 'ThreadControllerImpl::RunTask'], markTime)
  const scripts = tasks.map((task) => outermost.filter((run) => within(run, task)))
  const sum = (values: readonly number[]) => values.reduce((one, other) => one + other, 0)
  const gaps = observed.frames.slice(1).map((time, index) => time - observed.frames[index])
  return {
    longestTask: largest(tasks.map((task) => task.duration)),
    longestScript: largest(scripts.map((own) => sum(own.map((run) => run.duration - webGlWithin(run))))),
    longestScriptProcessor: runs.some(({ processor }) => processor >= 0)
      ? largest(scripts.map((own) => sum(own.map(({ processor }) => processor || 0))))
      : Number.NaN,
    longestWebGl: largest(scripts.map((own) => sum(own.map(webGlWithin)))),
    longestFrameGap: largest(gaps),
    longFrames: observed.longFrames,
  }
}

/** A hand does not wait for the page: input is sent at its own pace, and the browser merges what piles up. */
async function atPace(steps: number, pause: number, page: Page, send: (step: number) => Promise<void>) {
  const sent: Promise<void>[] = []
  for (let step = 0; step < steps; step++) {
    sent.push(send(step))
    await page.waitForTimeout(pause)
  }
  await Promise.all(sent)
}

/** What is measured, once the slider is found: looking for it takes script, too, which is not the page's. */
type Act = () => Promise<void>

async function byPointer(page: Page, name: string): Promise<Act> {
  const box = await page.getByRole('slider', { name }).boundingBox()
  if (!box) throw new Error(`no slider is named ${name}`)
  const at = (part: number) => [box.x + box.width * part, box.y + box.height / 2] as const
  return async () => {
    await page.mouse.move(...at(0.5))
    await page.mouse.down()
    await atPace(60, 16, page, (step) =>
      page.mouse.move(...at(0.5 + 0.3 * Math.sin((2 * Math.PI * step) / 60))),
    )
    await page.mouse.up()
  }
}

async function byKeys(page: Page, name: string): Promise<Act> {
  await page.getByRole('slider', { name }).focus()
  return () => atPace(30, 33, page, (step) => page.keyboard.press(step < 15 ? 'ArrowRight' : 'ArrowLeft'))
}

const actions = [
  ['dModel by pointer', (page: Page) => byPointer(page, 'd_model')],
  ['dModel by keys', (page: Page) => byKeys(page, 'd_model')],
  ['std by pointer', (page: Page) => byPointer(page, 'custom std')],
  ['std by keys', (page: Page) => byKeys(page, 'custom std')],
] as const

/** `address` is where the built site is served. */
export async function drag(browser: Browser, address: string): Promise<DragResult[]> {
  const results: DragResult[] = []
  for (const backend of ['wasm', 'webgpu']) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.addInitScript(visitAs, usualVisitor)
    await page.addInitScript(observe)
    await page.goto(`${address}#lab=init&scheme=custom&backend=${backend}`)
    const { kind, adapter } = await page.evaluate(async () => {
      await window.natlab.ready
      // the first pass is complete when there are metrics
      await window.natlab.metrics()
      return window.natlab.backend()
    })
    if (kind !== backend) throw new Error(`the page chose ${kind} where ${backend} was asked for`)
    for (const [action, prepare] of actions) {
      const act = await prepare(page)
      results.push({ backend, adapter, action, ...(await measured(browser, page, act)) })
    }
    await page.close()
  }
  return results
}

export function dragTable(results: readonly DragResult[]): string {
  const target = 16
  const show = (milliseconds: number) =>
    (Number.isNaN(milliseconds) ? '–' : milliseconds.toFixed(1)).padStart(8)
  return [
    '',
    `drag   (longest on the main thread, in milliseconds; target: script’s processor time ≤ ${target})`,
    `  ${''.padEnd(26)}script cpu     clock   WebGL    task  frame gap  frames > 50`,
    ...results.map((result) => {
      const { backend, action, longestTask, longestScript, longestScriptProcessor, longestWebGl } = result
      const judged = Number.isNaN(longestScriptProcessor) ? longestScript : longestScriptProcessor
      return (
        `  ${`${backend}, ${action}`.padEnd(26)}${show(longestScriptProcessor)} ${judged <= target ? '✓' : '✗'}` +
        `${show(longestScript)}${show(longestWebGl)}${show(longestTask)}${show(result.longestFrameGap)}` +
        `   ${result.longFrames.length}`
      )
    }),
  ].join('\n')
}
