/** How fast this backend plays a run, measured once: decides the default size of the models. */
import type { Backend } from '../../compute/backend.ts'
import { uniformIntegers } from '../../compute/random.ts'
import type { Text } from '../../data/text.ts'
import { oncePerBackend } from '../common/oncePerBackend.ts'
import type { ParameterValues } from '../parameter.ts'
import { defaults } from '../validation.ts'
import { writingOperations } from './continuation.ts'
import { layoutOf, stepOperations } from './layout.ts'
import { measuringOperations } from './measurement.ts'
import { Pair } from './pair.ts'
import { parameters, type TrainingValues, typed } from './parameters.ts'
import { isMeasured, isWritten } from './schedule.ts'
import { ownTextFacts } from './text.ts'
import { longestContext, type TextFacts, textFacts } from './textChoice.ts'
import type { Work } from './work.ts'

type Size = Pick<TrainingValues, 'dModel' | 'vocab' | 'batchSize' | 'context'>

/** Sizes that the defaults are chosen from, the best first. */
export const ladder: readonly Size[] = [
  { dModel: 512, vocab: 16384, batchSize: 8, context: 64 },
  { dModel: 256, vocab: 16384, batchSize: 8, context: 64 },
  { dModel: 256, vocab: 8192, batchSize: 8, context: 64 },
  { dModel: 128, vocab: 8192, batchSize: 8, context: 64 },
  { dModel: 128, vocab: 4096, batchSize: 8, context: 64 },
  { dModel: 128, vocab: 2048, batchSize: 8, context: 64 },
  { dModel: 64, vocab: 2048, batchSize: 8, context: 64 },
  { dModel: 64, vocab: 1000, batchSize: 4, context: 64 },
  { dModel: 64, vocab: 1000, batchSize: 4, context: 32 },
  { dModel: 64, vocab: 500, batchSize: 2, context: 32 },
  { dModel: 64, vocab: 200, batchSize: 1, context: 16 },
]

/** Most milliseconds of a step. This allows ten steps a second: drawing on a CPU may take half as long in addition. */
const longestStep = 60

/** The steps that must be played so fast: the beginning of a run. Its first steps are all measured. */
const playedSteps = Array.from({ length: 200 }, (_, step) => step)
const shareOf = (happens: (step: number) => boolean) =>
  playedSteps.filter(happens).length / playedSteps.length

/** Sum of a step, its measurement and its text. The last two count by their share of the played steps. */
const played = (step: number, measuring: number, writing: number) =>
  step + shareOf(isMeasured) * measuring + shareOf(isWritten) * writing

/** Sizes that are tried, growing while a played step takes less than `longEnough` milliseconds. */
const trials: readonly Size[] = [ladder[ladder.length - 1], ladder[4], ladder[0]]
const longEnough = 12

/** Milliseconds of a played step: `fixed` + operations / `operationsPerMillisecond`. */
export interface Calibration {
  readonly fixed: number
  readonly operationsPerMillisecond: number
}

const table = typed(defaults(parameters))

/** Floating-point operations of a played step of both models. */
function operationsOf(values: TrainingValues): number {
  const layout = layoutOf(values)
  const words = values.batchSize * values.context
  const measuring = measuringOperations(layout, words)
  return 2 * played(stepOperations(layout, words), measuring, writingOperations(layout))
}

/** A text of random words. */
function madeUp(vocab: number): Text {
  const ids = Uint16Array.from(uniformIntegers({ seed: 0, stream: 0 }, 0, 4000, vocab))
  const words = Array.from({ length: vocab - 1 }, (_, id) => `${id}`)
  return { name: 'made up', words, ids, counts: new Uint32Array(vocab - 1) }
}

/**
 * The shortest of several measured times, milliseconds; the first run also compiles. A GPU works while it gets more
 * work, so the longer of the two times counts. Waiting for an answer on the way belongs to the time.
 */
async function quickest(times: number, backend: Backend, begin: () => Work<unknown>): Promise<number> {
  let milliseconds = Number.POSITIVE_INFINITY
  for (let time = 0; time < times; time++) {
    let handingOver = 0
    const working = await backend.deviceTime(async () => {
      const start = performance.now()
      for await (const _ of begin());
      handingOver = performance.now() - start
      await backend.finished()
    })
    milliseconds = Math.min(milliseconds, Math.max(working, handingOver))
  }
  return milliseconds
}

/** Milliseconds of a played step, on as many threads as a run uses. */
async function playedMilliseconds(backend: Backend, values: TrainingValues): Promise<number> {
  const pair = new Pair(backend, values, madeUp(values.vocab))
  try {
    for await (const _ of pair.begin()) await backend.finished()
    const step = await quickest(4, backend, () => pair.advance(values))
    const measuring = await quickest(2, backend, () => pair.measure())
    return played(step, measuring, await quickest(2, backend, () => pair.write()))
  } finally {
    pair.dispose()
  }
}

async function measure(backend: Backend): Promise<Calibration> {
  const points: { operations: number; milliseconds: number }[] = []
  for (const size of trials) {
    const values = { ...table, ...size }
    points.push({
      operations: operationsOf(values),
      milliseconds: await playedMilliseconds(backend, values),
    })
    if (points[points.length - 1].milliseconds > longEnough) break
  }
  const last = points[points.length - 1]
  const before = points[points.length - 2] ?? { operations: 0, milliseconds: 0 }
  const longer = Math.max(1e-3, last.milliseconds - before.milliseconds)
  const operationsPerMillisecond = (last.operations - before.operations) / longer
  return { operationsPerMillisecond, fixed: last.milliseconds - last.operations / operationsPerMillisecond }
}

const calibrate = oncePerBackend(measure)

/** The best size that reaches ten steps a second with the `given` values; the smallest size if none does. */
export function largestSize(
  { fixed, operationsPerMillisecond }: Calibration,
  values: TrainingValues,
  given: ParameterValues,
  facts: TextFacts,
): Size {
  const most = facts.differentWords + 1
  const sizes = ladder.map((size) => ({
    ...size,
    vocab: Math.min(size.vocab, most),
    context: Math.min(size.context, longestContext(facts)),
  }))
  const fits = (size: Size) =>
    fixed + operationsOf({ ...values, ...size, ...given }) / operationsPerMillisecond <= longestStep
  return sizes.find(fits) ?? sizes[sizes.length - 1]
}

export async function trainingDefaults(
  backend: Backend,
  values: TrainingValues,
  given: ParameterValues,
): Promise<ParameterValues> {
  if (Object.keys(ladder[0]).every((id) => id in given)) return {}
  return { ...largestSize(await calibrate(backend), values, given, textFacts(values, ownTextFacts())) }
}
