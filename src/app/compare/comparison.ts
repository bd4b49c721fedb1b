/** A comparison with all that is needed to judge it: it can be kept as a file. */
import type { CompareProgress, CompareRow } from '../../engine/protocol.ts'
import { defaultRepeats } from '../../engine/protocol.ts'
import type { ParameterValues } from '../../labs/parameter.ts'
import type { Engine } from '../engine.ts'
import { aboutNow } from '../export/about.ts'
import type { State } from '../state.ts'
import { wholeNumber } from '../wholeNumber.ts'
import { type Crossing, conclusion, crossings } from './crossing.ts'
import { chosenSizes, type SizeChoice } from './request.ts'

export const formatName = 'natlab comparison'
/** Counts changes after which an older page cannot read the files. */
export const formatVersion = 1

export interface ComparedSize {
  /** Id of the parameter that is the size. */
  readonly parameter: string
  readonly label: string
  readonly unit?: string
  /** The size of the rows; absent where the rows are other work than the curves. */
  readonly present?: number
}

export interface Comparison {
  readonly format: typeof formatName
  readonly formatVersion: number
  /** Version of natlab. */
  readonly natlab: string
  /** ISO 8601 */
  readonly date: string
  /** As the browser names itself. */
  readonly browser: string
  /** Threads that the browser offers (`hardwareConcurrency`). */
  readonly cores: number
  readonly crossOriginIsolated: boolean
  readonly lab: string
  readonly title: string
  /** All that play a part. */
  readonly parameters: ParameterValues
  readonly link: string
  readonly rows: readonly CompareRow[]
  /** What the curves are over; absent without curves. */
  readonly size?: ComparedSize
  readonly crossings: readonly Crossing[]
  /** What the curves say, as a sentence; empty without curves. */
  readonly conclusion: string
}

export interface CompareOptions {
  /** Warm runs of each backend. */
  readonly repeats?: number
  readonly sizes?: SizeChoice
}

/** Adds what the curves say. */
export const concluded = (measured: Omit<Comparison, 'crossings' | 'conclusion'>): Comparison => ({
  ...measured,
  crossings: measured.size ? crossings(measured.rows) : [],
  conclusion: measured.size ? conclusion(measured.rows, measured.size.label) : '',
})

const mostRepeats = 1000

/** Measures at the present parameters. Rejects with an AbortError where it is cancelled. */
export async function measure(
  state: State,
  engine: Pick<Engine, 'compare'>,
  { repeats = defaultRepeats, sizes }: CompareOptions = {},
  onProgress: (progress: CompareProgress) => void = () => {},
): Promise<Comparison> {
  wholeNumber('repeats', repeats, 1, mostRepeats)
  const chosen = chosenSizes(state.lab.peek(), sizes, state.values.peek(), state.file.peek())
  const { natlab, lab, title, parameters, link } = aboutNow(state)
  const rows = await engine.compare({ repeats, sizes: chosen?.sizes }, onProgress)
  const size = chosen && {
    parameter: chosen.parameter.id,
    label: chosen.parameter.label,
    unit: chosen.parameter.unit,
    present: chosen.present,
  }
  return concluded({
    format: formatName,
    formatVersion,
    natlab,
    date: new Date().toISOString(),
    browser: navigator.userAgent,
    cores: navigator.hardwareConcurrency,
    crossOriginIsolated,
    ...{ lab, title, parameters, link, rows, size },
  })
}
