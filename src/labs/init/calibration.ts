/** How fast this backend is at the lab's two kernels, measured once: decides slice sizes and the default vocabulary. */
import type { Backend } from '../../compute/backend.ts'
import { streams } from '../../compute/random.ts'
import { oncePerBackend } from '../common/oncePerBackend.ts'

export interface Calibration {
  /** Multiply-adds of `logitLoss`, counted as two operations, a millisecond. */
  readonly operationsPerMillisecond: number
  readonly normalsPerMillisecond: number
}

const tokens = 64
const columns = 256

/** Milliseconds that the device takes for the work, above 0. */
const milliseconds = async (work: () => void, backend: Backend) => Math.max(await backend.timed(work), 1e-3)

async function measure(backend: Backend): Promise<Calibration> {
  const hidden = backend.createTensor([tokens, columns])
  const words = backend.upload(new Uint32Array(tokens), [tokens])
  const state = backend.createLogitLossState(tokens, 2, 16, 16)
  const source = { seed: 0, stream: streams.embedding }
  backend.randomNormal(hidden, { ...source, stream: streams.hidden })
  let operationsPerMillisecond = 0
  let normalsPerMillisecond = 0
  // Repeats with more and more work, until its time is large beside the time of the call itself.
  for (let rows = 256; rows <= 16384; rows *= 4) {
    const table = backend.createTensor([rows, columns])
    const generate = () => backend.randomNormal(table, source)
    const pass = () =>
      backend.logitLoss({
        hidden,
        table,
        words: rows,
        firstWord: 0,
        targets: words,
        inputs: words,
        scales: [1, 0.1],
        vocabulary: rows,
        histogramRange: 6 * Math.sqrt(columns),
        state,
      })
    const generation = await milliseconds(generate, backend)
    const loss = await milliseconds(pass, backend)
    normalsPerMillisecond = (rows * columns) / generation
    operationsPerMillisecond = (2 * tokens * rows * columns) / loss
    table.dispose()
    if (loss > 4) break
  }
  for (const tensor of [hidden, words, state]) tensor.dispose()
  return { operationsPerMillisecond, normalsPerMillisecond }
}

export const calibrate = oncePerBackend(measure)

/** A slice should take about this long, so that the run can be changed and drawn at any moment. */
const sliceMilliseconds = 6

/** Words a slice: a power of two from 256 to 32,768 whose pass takes about 6 ms, in a tensor of at most 64 MiB. */
export function wordsPerSlice(calibration: Calibration, dModel: number, count: number): number {
  const perWord =
    (2 * dModel * count) / calibration.operationsPerMillisecond + dModel / calibration.normalsPerMillisecond
  const fitting = Math.min(sliceMilliseconds / perWord, (64 * 1024 * 1024) / (4 * dModel), 32768)
  return 2 ** Math.max(8, Math.floor(Math.log2(fitting)))
}

/** Milliseconds that the first pass should take: drawing the table and streaming it through the loss. */
export function passMilliseconds(
  calibration: Calibration,
  vocabulary: number,
  dModel: number,
  count: number,
) {
  return (
    (2 * dModel * count * vocabulary) / calibration.operationsPerMillisecond +
    (dModel * vocabulary) / calibration.normalsPerMillisecond
  )
}
