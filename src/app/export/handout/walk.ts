/**
 * Walks through the steps of a story beside the page: another engine computes them and another stage draws them, so that
 * the run on the page stays as it is.
 */
import type { EngineFrame } from '../../../engine/protocol.ts'
import type { Lab, View } from '../../../labs/lab.ts'
import type { ParameterValues } from '../../../labs/parameter.ts'
import { defaults, fitted, validateChange, validateOpening } from '../../../labs/validation.ts'
import type { Stage } from '../../../stage/contract.ts'
import { element } from '../../dom.ts'
import type { Engine } from '../../engine.ts'
import { type StoryPlace, type StoryTexts, toldPlaces } from '../../state.ts'
import type { Tools } from '../section.ts'

/** A run that a step does not need to any certain step goes on for so many milliseconds. */
const patience = 6000
/** A picture is complete when no newer frame has come for so many milliseconds. */
const rest = 500
/** Pixels of a picture per CSS pixel. */
const sharpness = 2

export interface ToldStep {
  readonly place: StoryPlace
  readonly texts: StoryTexts
  /** Absent where the step is a page of text. */
  readonly shown?: Shown
  /** After the answer, where the question covers or holds something. */
  readonly after?: Shown
}

interface Shown {
  readonly lab: Lab
  readonly frame: EngineFrame
  readonly picture: Blob
  /** What the pictures show, in words. */
  readonly said: string
}

export interface Progress {
  readonly step: number
  readonly steps: number
  /** What is done now. */
  readonly what: string
}

/** The frames of the engine beside the page. */
class Frames {
  newest: EngineFrame | undefined
  private at = 0

  constructor(engine: Engine) {
    engine.onFrame((frame) => {
      this.newest = frame
      this.at = performance.now()
    })
  }

  forget(): void {
    this.newest = undefined
  }

  /** The complete frame of a step, once nothing newer comes. */
  async settled(signal: AbortSignal): Promise<EngineFrame> {
    for (;;) {
      signal.throwIfAborted()
      if (this.newest?.ready && performance.now() - this.at >= rest) return this.newest
      await pause(50)
    }
  }

  async first(signal: AbortSignal): Promise<EngineFrame> {
    while (!this.newest) {
      signal.throwIfAborted()
      await pause(20)
    }
    return this.newest
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** A stage beside what is seen, with the form of a page's upper half. */
async function createBeside(tools: Tools) {
  const height = Math.max(500, Math.min(1000, innerHeight))
  const room = element('div', { class: 'handout-room', 'aria-hidden': 'true', inert: true })
  room.style.width = `${Math.round(1.55 * height)}px`
  room.style.height = `${Math.round(0.85 * height)}px`
  document.body.append(room)
  const { createStage } = await tools.loadStage()
  const stage = createStage(room, 'projector')
  stage.present(true)
  return { room, stage }
}

class Walk {
  private readonly frames: Frames
  private lab: Lab | undefined
  private view: View | undefined
  private values: ParameterValues = {}

  constructor(
    private readonly tools: Tools,
    private readonly engine: Engine,
    private readonly stage: Stage,
    private readonly signal: AbortSignal,
    private readonly tell: (what: string) => void,
  ) {
    this.frames = new Frames(engine)
  }

  async step(place: StoryPlace): Promise<ToldStep> {
    const texts = await place.texts()
    if (!place.lab) return { place, texts }
    const { step } = place
    await this.enter(place, place.lab)
    const asks = Boolean(step.hides ?? step.veils ?? step.holds)
    await this.advance(step.holds === 'start' ? 0 : step.needs)
    const shown = await this.draw(place, place.lab, asks)
    if (!asks) return { place, texts, shown }
    if (step.holds === 'start') await this.advance(step.needs)
    return { place, texts, shown, after: await this.draw(place, place.lab, false) }
  }

  dispose(): void {
    this.view?.dispose()
  }

  /** As the page enters a step: what it leaves open is as it was in the step before. */
  private async enter({ step }: StoryPlace, lab: Lab): Promise<void> {
    const patch = step.patch as ParameterValues
    if (lab === this.lab) {
      const told = fitted(lab.parameters, patch, this.values)
      const change = validateChange(lab, told, this.values)
      this.values = { ...this.values, ...change }
      this.frames.forget()
      await this.engine.set(change)
      // a run that was held is seen from its start
      if (step.holds === 'start') await this.engine.reset()
      this.view?.follow?.(this.values)
      return
    }
    this.view?.dispose()
    this.stage.clear()
    this.frames.forget()
    this.lab = lab
    const told = fitted(lab.parameters, patch, defaults(lab.parameters))
    const choice = this.tools.state.backendChoice.peek()
    const opened = await this.engine.open(lab.id, validateOpening(lab, told), choice)
    this.values = opened.values
    const { createView } = await lab.loadView()
    this.view = createView(this.stage, {
      set: () => {},
      values: () => this.values,
      restart: () => {},
      request: (name) => this.engine.request(name),
    })
  }

  /** Goes on to where the step needs the run, or else for a while. */
  private async advance(needs: number | 'end' | undefined): Promise<void> {
    await this.engine.run(0)
    const { lastStep, step } = await this.frames.first(this.signal)
    if (this.lab?.still?.(this.values)) return
    const target = needs === undefined || needs === 'end' ? lastStep : needs
    const patient = needs !== undefined && Number.isFinite(target)
    const begin = performance.now()
    let chunk = 1
    let at = step
    while (at < target) {
      this.signal.throwIfAborted()
      const now = performance.now()
      if (!patient && now - begin > patience) return
      const steps = Math.min(chunk, target - at)
      await this.engine.run(steps)
      at += steps
      if (Number.isFinite(target)) this.tell(`computing, ${Math.floor((100 * at) / target)} %`)
      // so many that the progress and “Cancel” are seen to work
      const took = Math.max(1, performance.now() - now)
      chunk = Math.max(1, Math.min(4 * chunk, Math.floor((steps * 400) / took)))
    }
  }

  private async draw({ look = '', step }: StoryPlace, lab: Lab, asks: boolean): Promise<Shown> {
    const { stage, view } = this
    const frame = await this.frames.settled(this.signal)
    stage.setLook(look)
    stage.light(step.panels)
    stage.veil(asks ? (step.veils ?? []) : [], 'Predict first. The answer is on the last page.')
    view?.arrange?.({ ...step.switches, ...(asks ? {} : step.uncovers) })
    view?.draw(frame)
    this.tell('drawing')
    // the panels take their places, and the view may ask for pictures
    await pause(rest)
    const picture = await stage.exportImage(sharpness)
    const said = stage
      .contents()
      .map(({ title, content }) => (content ? `${title}: ${content.description}` : `${title}: covered`))
    return { lab, frame, picture, said: said.join(' ') }
  }
}

/** All steps of the story that is told. Rejects where it is aborted. */
export async function walkStory(
  tools: Tools,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<readonly ToldStep[]> {
  const places = toldPlaces(tools.state)
  const { room, stage } = await createBeside(tools)
  const engine = tools.createEngine()
  const told: ToldStep[] = []
  let what = ''
  const tell = (now: string) => {
    what = now
    onProgress({ step: told.length + 1, steps: places.length, what })
  }
  const walk = new Walk(tools, engine, stage, signal, tell)
  const failed = new Promise<never>((_, reject) => {
    engine.onError(reject)
    signal.addEventListener('abort', () => reject(signal.reason))
  })
  failed.catch(() => undefined)
  try {
    for (const place of places) {
      tell('computing')
      told.push(await Promise.race([walk.step(place), failed]))
    }
    return told
  } finally {
    walk.dispose()
    engine.dispose?.()
    stage.dispose()
    room.remove()
  }
}
