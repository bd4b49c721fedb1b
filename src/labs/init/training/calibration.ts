/** How fast this backend trains, measured once: decides the default size of the models. */
import type { Backend } from '../../../compute/backend.ts'
import { uniformIntegers } from '../../../compute/random.ts'
import type { Text } from '../../../data/text.ts'
import type { ParameterValues } from '../../lab.ts'
import { defaults } from '../../parameters.ts'
import { parameters } from '../parameters.ts'
import { layoutOf, stepOperations } from './layout.ts'
import { Pair } from './pair.ts'
import { type TrainingValues, typedTraining } from './parameters.ts'
import { textFacts } from './textChoice.ts'

type Size = Pick<TrainingValues, 'dModel' | 'vocab' | 'batchSize' | 'context'>

/** Sizes that the defaults are chosen from, the best first. */
const ladder: readonly Size[] = [
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
]

/** Ten steps a second, and room for what is measured beside them. */
const longestStep = 85

/** Sizes that are tried, growing while a step takes less than `longEnough` milliseconds. */
const trials: readonly Size[] = [ladder[ladder.length - 1], ladder[4], ladder[0]]
const longEnough = 12

/** Milliseconds of a step: `fixed` + operations / `operationsPerMillisecond`. */
export interface Calibration {
  readonly fixed: number
  readonly operationsPerMillisecond: number
}

const measured = new WeakMap<Backend, Promise<Calibration>>()

const table = typedTraining(defaults(parameters, { view: 'training' }))

/** Of both models. */
const operationsOf = (values: TrainingValues) =>
  2 * stepOperations(layoutOf(values), values.batchSize * values.context)

/** Words in no order. */
function madeUp(vocab: number): Text {
  const ids = Uint16Array.from(uniformIntegers({ seed: 0, stream: 0 }, 0, 4000, vocab))
  const words = Array.from({ length: vocab - 1 }, (_, id) => `${id}`)
  return { name: 'made up', words, ids, counts: new Uint32Array(vocab - 1) }
}

/** The quickest of some steps, on as many threads as a run takes: the first compiles. */
async function stepMilliseconds(backend: Backend, values: TrainingValues): Promise<number> {
  const pair = new Pair(backend, values, madeUp(values.vocab))
  let quickest = Number.POSITIVE_INFINITY
  try {
    for await (const _ of pair.begin()) await backend.finished()
    for (let step = 0; step < 4; step++) {
      const begin = performance.now()
      for await (const _ of pair.advance(values));
      await backend.finished()
      quickest = Math.min(quickest, performance.now() - begin)
    }
  } finally {
    pair.dispose()
  }
  return quickest
}

async function measure(backend: Backend): Promise<Calibration> {
  const points: { operations: number; milliseconds: number }[] = []
  for (const size of trials) {
    const values = { ...table, ...size }
    points.push({
      operations: operationsOf(values),
      milliseconds: await stepMilliseconds(backend, values),
    })
    if (points[points.length - 1].milliseconds > longEnough) break
  }
  const last = points[points.length - 1]
  const before = points[points.length - 2] ?? { operations: 0, milliseconds: 0 }
  const longer = Math.max(1e-3, last.milliseconds - before.milliseconds)
  const operationsPerMillisecond = (last.operations - before.operations) / longer
  return { operationsPerMillisecond, fixed: last.milliseconds - last.operations / operationsPerMillisecond }
}

function calibrate(backend: Backend): Promise<Calibration> {
  const known = measured.get(backend)
  if (known) return known
  const measuring = measure(backend)
  measured.set(backend, measuring)
  measuring.catch(() => measured.delete(backend))
  return measuring
}

/** The best size of which ten steps a second can be had with the rest of the values; else the smallest. */
export function largestSize({ fixed, operationsPerMillisecond }: Calibration, values: TrainingValues): Size {
  const most = textFacts(values).differentWords + 1
  const given = Object.fromEntries(
    Object.entries(values).filter(([id, value]) => value !== table[id as keyof TrainingValues]),
  )
  const sizes = ladder.map((size) => ({ ...size, vocab: Math.min(size.vocab, most) }))
  const fits = (size: Size) =>
    fixed + operationsOf({ ...values, ...size, ...given }) / operationsPerMillisecond <= longestStep
  return sizes.find(fits) ?? sizes[sizes.length - 1]
}

export async function trainingDefaults(backend: Backend, values: TrainingValues): Promise<ParameterValues> {
  return { ...largestSize(await calibrate(backend), values) }
}
