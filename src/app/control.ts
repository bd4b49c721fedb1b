/**
 * All actions of the page, whether a button, a key, the address or the console asks for them. Only this file, with
 * runControl.ts, failures.ts and toldLesson.ts as its parts, writes the state and calls the engine.
 *
 * One long function, because everything in it guards one thing: what was asked for, what is open, and which of them the
 * page shows.
 */
import { batch, effect, type Signal } from '@preact/signals-core'
import type { BackendChoice, BackendInfo } from '../engine/protocol.ts'
import { codeOf, sentence } from '../faults.ts'
import type { Lab } from '../labs/lab.ts'
import type { ParameterValues } from '../labs/parameter.ts'
import type { StoryOutline } from '../labs/story.ts'
import {
  defaults,
  filled,
  fitted,
  restartsRun,
  validateChange,
  validateOpening,
  wishedAfter,
  wishedBeyond,
} from '../labs/validation.ts'
import type { ThemeName } from '../stage/contract.ts'
import {
  type AddressState,
  formatAddress,
  isComplete,
  linkVersion,
  meantValues,
  type ParsedAddress,
} from './address.ts'
import type { AddressBar } from './addressBar.ts'
import { backendNames } from './backendNames.ts'
import type { Engine } from './engine.ts'
import { createFailures, type Failures } from './failures.ts'
import { refuseFixed, refuseOther } from './locked.ts'
import { playsByItself } from './motion.ts'
import type { Notices } from './notices.ts'
import { createRunControl, type RunControl } from './runControl.ts'
import { createSender } from './sender.ts'
import {
  beside,
  fixedValues,
  freePatch,
  hiddenIds,
  isHeld,
  type Lesson,
  openQuestion,
  ownSpeed,
  passedOn,
  placesOf,
  type State,
  type StoryPlace,
  storyIndex,
  toldPlace,
  toldPlaces,
} from './state.ts'
import { tellLeft, withLesson } from './toldLesson.ts'

/** A drag rests when so many milliseconds bring no new value: the hand holds still, or has let go. */
const restAfter = 250

/** New seeds are below this: enough for many runs, and short enough to read aloud. */
const seedRange = 1_000_000

export interface OpenOptions {
  /** Missing values take the defaults, calibrated on this machine. */
  readonly values: ParameterValues
  readonly play: boolean
  readonly story?: number | null
  /** The lesson that is told; default: as before. It is left where no step of it is entered. */
  readonly lesson?: Lesson | null
  readonly backend?: BackendChoice
}

/** How a change enters the browser's history: a step to go back to, with the step before it, in place, or not yet. */
export type Entry = keyof AddressBar | 'none'

export interface Control extends RunControl {
  open(lab: Lab, options: OpenOptions): Promise<void>
  /** `patch` is validated here; throws before anything changes. While dragging, `entry` is 'none'. */
  set(patch: ParameterValues, entry: Entry): Promise<void>
  /**
   * Changes parameters of a lab. One that is not open is opened, as the story, a file or a script leads to it: with what
   * both labs keep, paused or playing as it was. Rejects before anything changes.
   */
  goOn(lab: Lab, patch: ParameterValues, entry: Entry): Promise<void>
  /** Writes the state as it is now to the address; a new entry of the history unless told otherwise. */
  commit(entry?: Entry): void
  newSeed(): void
  resetToDefaults(): Promise<void>
  /** Hands a file of the user's own to the open lab and restarts the run with it. Rejects where it cannot be used. */
  takeFile(file: File): Promise<void>
  /** The file that was taken last. */
  ownFile(): File | undefined
  /** Rejects where this backend cannot be had; the old one computes on. */
  use(choice: BackendChoice, threads?: number): Promise<BackendInfo>
  /** As `use`, and says on the page when it cannot be had. */
  chooseBackend(choice: BackendChoice, threads?: number): Promise<void>
  setTheme(theme: ThemeName): void
  /** Lets the step of the story fill the screen, or puts the page back. */
  setPresent(present: boolean): void
  /** The user has changed a switch of a panel, or turned a scene. */
  setLook(look: string): void
  enterStory(index: number): void
  /** Tells a lesson from one of its steps on, in place of the stories of the labs. */
  tell(lesson: Lesson, index: number): void
  /** Back to the lab's own story: to the same step, if it is one of it. */
  endLesson(): void
  /** To the step before or after the shown one, which may be another lab's; nowhere beyond the first and the last. */
  travel(by: 1 | -1): void
  /** Shows what the present step of the story hides, and plays where the run was held, unless it is to be paused. */
  answer(plays?: boolean): void
  /** Hides it again, for another round. */
  ask(): void
  /** Takes the hands that were counted. */
  setHands(rounds: State['hands']['value']): void
  /** A `fresh` run begins at step 0, paused, also where the lab is open with these values. */
  apply(address: ParsedAddress, fresh?: boolean): Promise<void>
  /** After a failure: a fresh worker, the same lab and values, or its defaults. */
  recover(withDefaults: boolean): Promise<void>
  /** The hash that reproduces this view. */
  address(): string
  report: Failures['report']
}

/** A backend that the engine had to replace is not kept as the choice: the user can choose it again. */
function lasting(choice: BackendChoice, { kind }: BackendInfo): BackendChoice {
  return choice === kind ? choice : 'automatic'
}

export function createControl(
  state: State,
  engine: Engine,
  notices: Notices,
  addressBar: AddressBar,
): Control {
  const newSender = () => createSender((values) => engine.set(values))
  let sender = newSender()
  let openings = 0
  /** Values that ranges have pushed aside: they come back when the ranges allow it. */
  let wished: ParameterValues = {}
  /** Values that the user changed while a lab was opening. They win. */
  let movedMeanwhile: ParameterValues = {}
  /** The values that the last opening named. Calibration decides all others. */
  let asked: ParameterValues = {}
  /** The last opening has succeeded. */
  let calibrated = false
  /** Shows the last lab that was open once more; undefined before the first one is. */
  let goBack: (() => void) | undefined
  /** The values with which a new worker took the place of one that threw. */
  let revivedWith: ParameterValues | undefined
  /** Values that the labs before the open one have passed on. */
  let kept: ParameterValues = {}

  const current = (): AddressState => ({
    lab: state.lab.peek(),
    values: state.values.peek(),
    lesson: state.lesson.peek(),
    story: state.story.peek(),
    look: state.look.peek(),
    ...ofPage(),
    lock: state.lock.peek(),
    backend: state.backendChoice.peek(),
  })
  /** What a frame shows leads to the whole page, in the reader's own theme. */
  const ofPage = (): Pick<AddressState, 'theme' | 'present'> => {
    const embed = state.embed.peek()
    return {
      theme: embed?.followsHost ? 'dark' : state.theme.peek(),
      present: !embed && state.present.peek(),
    }
  }
  const address = () => `${formatAddress(current(), hiddenIds(state))}&v=${linkVersion}`
  const record = (entry: Entry) => {
    if (entry !== 'none') addressBar[entry](address())
  }

  const failures = createFailures(state, notices, {
    recover: (withDefaults) => recover(withDefaults),
    chooseBackend,
  })
  const { report } = failures
  const run = createRunControl(state, engine, failures, () => recover(false))
  let held: StoryOutline | undefined
  // a question holds the run at its start until its answer; then it plays, if it is not paused
  effect(() => {
    const step = isHeld(state) ? openQuestion(state) : undefined
    if (step === held) return
    held = step
    if (!step) return run.playOn()
    engine.pause()
    const values = state.values.peek()
    const { values: drawn = values } = state.frames.kept.peek().at(-1) ?? {}
    const begins = state.busy.peek() || restartsRun(state.lab.peek().parameters, values, drawn)
    // the values of the step reach the engine first
    if (!begins)
      sender
        .push({})
        .then(() => (held === step ? run.reset() : undefined))
        .catch(report)
  })
  engine.onError((fault) => {
    if (codeOf(fault) !== 'crashed') failures.fail(fault)
    // an opening that is under way rejects, and goes back
    else if (!state.busy.peek()) void revive(fault)
  })
  engine.onNotice((message, backend) => {
    batch(() => {
      state.backend.value = backend
      state.backendChoice.value = lasting(state.backendChoice.peek(), backend)
    })
    notices.show({ kind: 'information', title: message })
  })
  engine.onWaiting(failures.tellWaiting)
  engine.onFrame((frame) => {
    if (frame.lab === state.lab.peek().id) state.frames.add(frame)
  })

  /** A link may ask for a backend that this browser does not have: the lab opens all the same, and says so. */
  async function openOnSomeBackend(lab: Lab, values: ParameterValues) {
    const choice = state.backendChoice.peek()
    try {
      const opened = await engine.open(lab.id, values, choice)
      // a software adapter that was not chosen is told in the panel alone
      if (choice === 'automatic' && opened.backend.webgpuMissing)
        tellBackend(opened.backend, opened.backend.reason)
      return opened
    } catch (fault) {
      if (codeOf(fault) === 'crashed') {
        const opened = await engine.open(lab.id, values, choice)
        failures.tellAnew(fault as Error)
        return opened
      }
      if (choice === 'automatic' || codeOf(fault) === 'obsolete') throw fault
      const opened = await engine.open(lab.id, values, 'automatic')
      state.backendChoice.value = 'automatic'
      tellBackend(opened.backend, (fault as Error).message)
      return opened
    }
  }

  function tellBackend({ kind }: BackendInfo, reason: string): void {
    notices.show({
      kind: 'information',
      topic: 'backend',
      title: `Computing on ${backendNames[kind]}: ${sentence(reason)}`,
    })
  }

  async function open(lab: Lab, options: OpenOptions): Promise<void> {
    const file = state.file.peek()
    const values = validateOpening(lab, options.values, {}, file)
    // an opening that is under way is nothing to go back to
    if (calibrated) goBack = wayBack()
    openings += 1
    const opening = openings
    // after a crash the old one may wait for an answer that never comes
    sender.clear()
    sender = newSender()
    run.abandonStep()
    movedMeanwhile = {}
    wished = {}
    asked = values
    calibrated = false
    kept = {}
    failures.areOver()
    // they are about what was open before
    notices.dismissErrors()
    const shown = defaults(lab.parameters, values, file)
    const { lesson, story } = state
    const left = lesson.peek()
    const at = story.peek() ?? 0
    batch(() => {
      state.busy.value = true
      state.playing.value = options.play
      state.story.value = options.story ?? null
      if (state.story.peek() === null) {
        state.lesson.value = null
        if (left && options.lesson !== null) tellLeft(notices, () => enter(left.places[at], left))
      } else if (options.lesson !== undefined) state.lesson.value = options.lesson
      if (options.backend) state.backendChoice.value = options.backend
      if (state.lab.peek() === lab) state.frames.live()
      else {
        state.frames.clear()
        state.speed.value = ownSpeed(lab)
      }
      state.lab.value = lab
      state.values.value = shown
    })
    try {
      const opened = await openOnSomeBackend(lab, values)
      if (opening !== openings) return
      calibrated = true
      batch(() => {
        state.values.value = { ...opened.values, ...movedMeanwhile }
        const unnamed = Object.entries(opened.values).filter(([id]) => !(id in values))
        state.measured.value = Object.fromEntries(unnamed.filter(([id, value]) => value !== shown[id]))
        wished = wishedBeyond(lab.parameters, asked, state.values.peek(), state.file.peek())
        state.backend.value = opened.backend
        state.backendChoice.value = lasting(state.backendChoice.peek(), opened.backend)
      })
      engine.setSpeed(state.speed.peek())
      run.playOn()
    } catch (fault) {
      if (opening !== openings) throw fault
      if (goBack) {
        goBack()
        calibrated = true
        failures.tellUnopened(lab, fault, () => void open(lab, options).catch(report))
        if (codeOf(fault) === 'crashed') await startAnew()
      } else if (codeOf(fault) === 'crashed') failures.fail(fault as Error)
      throw fault
    } finally {
      if (opening === openings) state.busy.value = false
    }
  }

  /** Shows the lab that is open now once more, as it is now: the engine goes on with it where another fails to open. */
  function wayBack(): () => void {
    const { lab, values, measured, lesson, story, answered, look, playing, speed, backendChoice, backend } =
      state
    const shown = [
      lab,
      values,
      measured,
      lesson,
      story,
      answered,
      look,
      playing,
      speed,
      backendChoice,
      backend,
    ] as Signal<unknown>[]
    const before = shown.map((one) => one.peek())
    const own = { asked, wished, kept }
    return () => {
      ;({ asked, wished, kept } = own)
      movedMeanwhile = {}
      batch(() => {
        for (const [index, one] of shown.entries()) one.value = before[index]
        state.frames.live()
      })
      engine.setSpeed(state.speed.peek())
      record('replace')
    }
  }

  let resting: ReturnType<typeof setTimeout> | undefined
  function drag(): void {
    state.dragging.value = true
    clearTimeout(resting)
    resting = setTimeout(() => {
      state.dragging.value = false
    }, restAfter)
  }

  async function set(patch: ParameterValues, entry: Entry): Promise<void> {
    const lab = state.lab.peek()
    const before = state.values.peek()
    const values = validateChange(lab, patch, before, state.file.peek(), wished)
    wished = wishedAfter(lab.parameters, filled(lab, patch), values, before, wished)
    // the last opening failed: try again
    if (!calibrated && !state.busy.peek())
      return reopen(lab, { ...asked, ...movedMeanwhile, ...values }, entry)
    movedMeanwhile = { ...movedMeanwhile, ...values }
    batch(() => {
      if (entry === 'none') drag()
      state.frames.live()
      state.values.value = { ...state.values.peek(), ...values }
    })
    record(entry)
    await sender.push(values)
    failures.areOver()
    run.playOn()
  }

  /** Playing or paused as it was. The page shows the lab at once, and the calibrated values once they are known. */
  async function reopen(
    lab: Lab,
    values: ParameterValues,
    entry: Entry,
    story = state.story.peek(),
    lesson = state.lesson.peek(),
  ): Promise<void> {
    const opened = open(lab, { values, play: state.playing.peek(), story, lesson })
    const opening = openings
    record(entry)
    await opened
    if (opening === openings) record('replace')
  }

  async function goOn(
    lab: Lab,
    patch: ParameterValues,
    entry: Entry,
    story: number | null = null,
    lesson = state.lesson.peek(),
  ): Promise<void> {
    const from = state.lab.peek()
    if (from === lab) {
      state.lesson.value = lesson
      state.story.value = story ?? state.story.peek()
      return set(patch, entry)
    }
    const carried = { ...kept, ...passedOn(from, lab, state.values.peek()), ...fixedValues(state) }
    const opened = reopen(lab, validateOpening(lab, patch, carried, state.file.peek()), entry, story, lesson)
    kept = carried
    return opened
  }

  let ownFile: File | undefined
  async function takeFile(file: File): Promise<void> {
    const lab = state.lab.peek()
    const taking = state.labs.find(({ id }) => id === lab.file?.lab)
    if (!lab.file || !taking) throw new Error('This lab works with no file.')
    const { facts, patch } = await lab.file.read(file, (name, bytes) =>
      engine.provide(taking.id, name, bytes),
    )
    state.file.value = facts
    ownFile = file
    // it is there when that lab is opened again
    if (state.lab.peek() !== lab) return
    stay(taking)
    heed(taking, patch)
    if (taking !== lab) return goOn(taking, patch, 'push').catch(report)
    const restarts = restartsRun(lab.parameters, patch, state.values.peek())
    await set(patch, 'push')
      .then(() => (restarts ? undefined : run.reset()))
      .catch(report)
  }

  async function use(choice: BackendChoice, threads?: number): Promise<BackendInfo> {
    // the opening waits for something that does not come: a new one with this choice overtakes it
    if (state.waiting.peek() !== null && state.busy.peek()) {
      const values = { ...asked, ...movedMeanwhile }
      await open(state.lab.peek(), {
        values,
        play: state.playing.peek(),
        story: state.story.peek(),
        backend: choice,
      })
      return state.backend.peek()!
    }
    state.busy.value = true
    try {
      const backend = await engine.use(choice, threads)
      batch(() => {
        if (threads !== undefined) state.threads.value = threads
        state.backendChoice.value = lasting(choice, backend)
        state.backend.value = backend
      })
      failures.areOver()
      record('replace')
      run.playOn()
      return backend
    } finally {
      state.busy.value = false
    }
  }

  async function chooseBackend(choice: BackendChoice, threads?: number): Promise<void> {
    try {
      await use(choice, threads)
    } catch (fault) {
      if (codeOf(fault) === 'obsolete') return
      const used = state.backend.peek()
      const now = used ? `Computing on ${backendNames[used.kind]} as before` : 'The choice was not taken'
      notices.show({
        kind: 'information',
        topic: 'backend',
        title: `${now}: ${sentence((fault as Error).message)}`,
      })
    }
  }

  /** After the worker threw: a new one repeats the steps. If it throws again with the same values, the run has failed. */
  async function revive(fault: Error): Promise<void> {
    if (revivedWith === state.values.peek()) return failures.fail(fault)
    revivedWith = state.values.peek()
    if (await startAnew()) failures.tellAnew(fault)
  }

  /** A new worker for the open lab; false where this fails, too. */
  async function startAnew(): Promise<boolean> {
    try {
      await engine.restart()
    } catch (fault) {
      report(fault)
      return false
    }
    run.playOn()
    return true
  }

  async function recover(withDefaults: boolean): Promise<void> {
    failures.areOver()
    // it opens the lab as it last was; if that fails again, opening below says so
    await engine.restart().catch(() => undefined)
    const kept = calibrated ? state.values.peek() : { ...asked, ...movedMeanwhile }
    const values = withDefaults ? fixedValues(state) : kept
    try {
      await open(state.lab.peek(), { values, play: state.playing.peek(), story: state.story.peek() })
    } finally {
      failures.recoveredWith(state.values.peek())
    }
    record('replace')
  }

  /** Applies the patch of a step. Its faults are ours, and are reported like all others. */
  function enter(
    { lab = state.lab.peek(), index, step, look = '' }: StoryPlace,
    lesson = state.lesson.peek(),
  ): void {
    const told = freePatch(state, step)
    const others = lab === state.lab.peek() ? state.values.peek() : { ...defaults(lab.parameters), ...kept }
    const patch = fitted(lab.parameters, told, others, state.file.peek())
    batch(() => {
      state.answered.value = null
      state.hands.value = []
      state.look.value = look
      goOn(lab, patch, 'push', index, lesson).catch(report)
    })
  }

  let readings = 0
  async function apply(linked: ParsedAddress, fresh = false): Promise<void> {
    readings += 1
    const reading = readings
    const address = linked.unread
      ? await withLesson(linked, state, notices, () => void apply(linked, fresh).catch(report))
      : linked
    // another address came meanwhile
    if (reading !== readings) return
    if (address.refused.length > 0)
      notices.show({
        kind: 'information',
        title: 'Parts of the link are not permitted and were left out:',
        lines: address.refused,
      })
    state.theme.value = address.theme
    state.present.value = address.present
    state.look.value = address.look
    state.lock.value = address.lock ?? []
    const sameBackend = address.backend === state.backendChoice.peek()
    if (
      !fresh &&
      address.lab === state.lab.peek() &&
      isComplete(address) &&
      sameBackend &&
      state.backend.peek() !== null
    ) {
      return batch(() => {
        const lesson = address.lesson ?? null
        if (address.story !== state.story.peek() || lesson !== state.lesson.peek())
          state.answered.value = null
        state.lesson.value = lesson
        state.story.value = address.story
        return set(meantValues(address, state.file.peek()), 'none')
      })
    }
    state.answered.value = null
    await open(address.lab, {
      values: meantValues(address, state.file.peek()),
      play: !fresh && playsByItself(),
      story: address.story,
      lesson: address.lesson ?? null,
      backend: address.backend,
    })
    record('replace')
  }

  const heed = (lab: Lab, patch: ParameterValues) => refuseFixed(state, lab, patch, wished)
  const stay = (lab: Lab) => refuseOther(state, lab)
  const atStep = () => state.lock.peek().includes('steps')

  return {
    ...run,
    async open(lab, options) {
      stay(lab)
      heed(lab, options.values)
      return open(lab, { ...options, values: { ...options.values, ...fixedValues(state) } })
    },
    async set(patch, entry) {
      heed(state.lab.peek(), patch)
      return set(patch, entry)
    },
    async goOn(lab, patch, entry) {
      stay(lab)
      heed(lab, patch)
      return goOn(lab, patch, entry)
    },
    commit: (entry = 'push') => record(entry),
    newSeed() {
      const parameter = state.lab.peek().parameters.find((one) => one.id === 'seed')
      if (parameter && !('seed' in fixedValues(state)))
        void set({ seed: Math.floor(Math.random() * seedRange) }, 'push').catch(report)
    },
    async resetToDefaults() {
      // a lesson goes on from here
      const story = state.lesson.peek() && state.story.peek()
      await open(state.lab.peek(), { values: fixedValues(state), play: state.playing.peek(), story })
      record('push')
    },
    takeFile,
    ownFile: () => ownFile,
    use,
    chooseBackend,
    setLook(look) {
      state.look.value = look
      record('replace')
    },
    setTheme(theme) {
      state.theme.value = theme
      record('replace')
    },
    setPresent(present) {
      state.present.value = present
      record('replace')
    },
    enterStory(index) {
      const place = toldPlaces(state)[index]
      if (place && (!atStep() || index === storyIndex(state))) enter(place)
    },
    tell(lesson, index) {
      if (!atStep()) enter(lesson.places[index], lesson)
    },
    endLesson() {
      if (atStep()) return
      const step = toldPlace(state)?.step
      const own = placesOf(state.lab.peek()).find((place) => place.step === step)
      batch(() => {
        state.lesson.value = null
        state.story.value = own?.index ?? null
      })
      record('push')
    },
    travel(by) {
      const there = beside(state, by)
      if (there) enter(there)
    },
    answer(plays = true) {
      if (state.lock.peek().includes('answers')) return
      const open = openQuestion(state)
      // the run then plays by itself
      if (isHeld(state) && plays) state.playing.value = true
      state.answered.value = toldPlace(state)?.step ?? null
      // the link may name again what was hidden
      if (open) record('replace')
    },
    ask() {
      state.answered.value = null
      record('replace')
    },
    setHands(rounds) {
      state.hands.value = rounds
    },
    apply,
    recover,
    address,
    report,
  }
}
