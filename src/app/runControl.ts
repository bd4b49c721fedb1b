/** The run of the open lab: playing, stepping, its speed, its beginning and its past. */
import type { Engine } from './engine.ts'
import type { Failures } from './failures.ts'
import { askedFor, isFinished, isHeld, type State } from './state.ts'

export interface RunControl {
  setPlaying(playing: boolean): void
  /** The button of a person: a finished run is played again from its start, or asks for the value that it waits for. */
  togglePlaying(): void
  /** The engine stops by itself when a run is finished; a new run plays on if that is what the user wants. */
  playOn(): void
  run(steps: number): Promise<void>
  step(): void
  /** The step under way belongs to a run that may never answer. */
  abandonStep(): void
  reset(): Promise<void>
  setSpeed(stepsPerSecond: number): void
  lookBack(index: number): void
  live(): void
}

/** `recover` starts anew after a failure. */
export function createRunControl(
  state: State,
  engine: Engine,
  failures: Failures,
  recover: () => Promise<void>,
): RunControl {
  let runs = 0
  let stepping = false

  function playOn(): void {
    if (state.playing.peek() && !isHeld(state)) engine.play()
  }

  function setPlaying(playing: boolean): void {
    state.playing.value = playing
    if (playing) {
      state.frames.live()
      playOn()
    } else engine.pause()
  }

  async function reset(): Promise<void> {
    // a stopped engine may never answer
    if (state.failure.peek() !== null) return recover()
    state.frames.live()
    await engine.reset()
    failures.areOver()
    playOn()
  }

  async function run(steps: number): Promise<void> {
    state.frames.live()
    state.playing.value = false
    runs += 1
    const own = runs
    // one step is done before a button could be pressed
    state.running.value = steps > 1
    try {
      await engine.run(steps)
      failures.areOver()
    } finally {
      if (own === runs) state.running.value = false
    }
  }

  return {
    setPlaying,
    togglePlaying() {
      // the steps of a script can be paused all the same
      if (isHeld(state) && !state.running.peek()) {
        state.wanted.value = { id: 'question' }
        return
      }
      if (state.failure.peek() !== null) {
        state.playing.value = true
        void recover().catch(failures.report)
        return
      }
      const asked = askedFor(state)
      if (asked) {
        state.playing.value = true
        state.wanted.value = { id: asked.id }
      } else if (isFinished(state)) {
        state.playing.value = true
        void reset().catch(failures.report)
      } else setPlaying(!state.playing.peek() && !state.running.peek())
    },
    playOn,
    run,
    step() {
      if (isHeld(state)) state.wanted.value = { id: 'question' }
      if (stepping || isHeld(state)) return
      stepping = true
      run(1)
        .catch(failures.report)
        .finally(() => {
          stepping = false
        })
    },
    abandonStep() {
      stepping = false
    },
    reset,
    setSpeed(stepsPerSecond) {
      state.speed.value = stepsPerSecond
      engine.setSpeed(stepsPerSecond)
    },
    lookBack(index) {
      if (state.playing.peek()) setPlaying(false)
      state.frames.lookBack(index)
    },
    live: () => state.frames.live(),
  }
}
