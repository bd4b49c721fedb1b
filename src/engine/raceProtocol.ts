/** The messages between the page and the worker about a race of backends. Everything survives structured cloning. */
import type { BackendKind } from '../compute/backend.ts'
import { count } from '../count.ts'
import type { Metrics } from '../labs/experiment.ts'

export interface BackendRaceOptions {
  /** Steps to the finish line; without it so many that the fastest takes about `seconds`. */
  readonly steps?: number
  readonly seconds?: number
  /** It waits at the start line until it is told to go. */
  readonly held?: boolean
}

export type BackendRaceOrder = 'go' | 'hold' | 'end'

export const usualSeconds = 4
const ranges = { steps: [1, 1_000_000], seconds: [1, 60] } as const

/** Throws unless steps and seconds are permitted. */
export function checkRaceOptions({ steps, seconds }: BackendRaceOptions): void {
  const check = (name: keyof typeof ranges, value: unknown, whole: boolean) => {
    const [least, most] = ranges[name]
    const range = `${name} is a ${whole ? 'whole ' : ''}number from ${least} to ${count(most)}.`
    if (typeof value !== 'number')
      throw new TypeError(`${name} = ${String(value)} is not permitted: ${range}`)
    if (!(value >= least && value <= most) || (whole && !Number.isInteger(value)))
      throw new RangeError(`${name} = ${value} is not permitted: ${range}`)
  }
  if (steps !== undefined) check('steps', steps, true)
  if (seconds !== undefined) check('seconds', seconds, false)
}

/**
 * `compiling` takes its first step, which is on no clock; `short` has not reached the finish line when the race ended;
 * `out` could not start, or go on.
 */
export type LanePhase = 'waiting' | 'compiling' | 'ready' | 'racing' | 'home' | 'short' | 'out'

/** One of those that race, as it stands. */
export interface BackendRaceRow {
  readonly kind: BackendKind
  readonly adapter: string
  readonly software: boolean
  readonly threads: number
  readonly phase: LanePhase
  /** Steps since the start line; a part of a step counts where the lab knows it. */
  readonly steps: number
  /** Milliseconds on its own clock, which runs only in its turns. */
  readonly milliseconds: number
  /** With all that the lab does on the way, as evaluations; NaN before the first step. */
  readonly millisecondsPerStep: number
  /** 1e9 floating-point operations of the steps alone a second; NaN where the lab does not count them. */
  readonly gigaflopsPerSecond: number
  /** Numbers of its run at the start line. */
  readonly metrics: Metrics
  /** Why it is out. */
  readonly error?: string
}

export interface BackendRaceState {
  readonly phase: 'preparing' | 'ready' | 'racing' | 'held' | 'over'
  /** Steps to the finish line; undefined until it is drawn. */
  readonly finish?: number
  readonly rows: readonly BackendRaceRow[]
}
