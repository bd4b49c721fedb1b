/**
 * The pass of one batch over the vocabulary, on all backends that are ready. Where they compute on the CPU, the words
 * are divided into segments: a backend streams whole segments, and their statistics are merged in the order of the
 * words. So a number does not depend on the division.
 */
import type { Backend, LogitLossResult, LogitLossState } from '../../compute/backend.ts'
import { readyBackends } from '../common/readyBackends.ts'
import type { EmbeddingTables } from './embeddingTable.ts'
import { mergedLogitLoss } from './mergedLogitLoss.ts'
import type { InitValues } from './parameters.ts'
import {
  type Batch,
  disposeBatch,
  drawBatch,
  histogramBins,
  landscapeBins,
  operations,
  streamSlice,
} from './pass.ts'

/** Floating-point operations of a pass that is worth the way to other threads: some milliseconds. */
const worthDivision = 1e8

/** A slice of the table, and the place of its backend in the list of all. */
interface Part {
  readonly place: number
  readonly segment: number
  readonly slice: number
}

export class VocabularyPass {
  /** Slices that each backend has been sent. */
  sent = 0
  /** Words in all slices that have been sent. */
  words = 0
  /** Milliseconds of the slices that are done. */
  spent = 0
  private readonly backends: readonly Backend[]
  private readonly batches: readonly Batch[]
  private states: (LogitLossState | undefined)[] = []
  /** The slices that the backends stream at the same time, in turn. */
  private readonly rounds: readonly (readonly Part[])[]

  constructor(
    backend: Backend,
    private readonly values: InitValues,
    batch: number,
    private readonly scales: readonly number[],
    private readonly tables: EmbeddingTables,
  ) {
    this.backends = operations(values) < worthDivision ? [backend] : readyBackends(backend)
    this.batches = this.backends.map((one) => drawBatch(one, values, batch))
    this.rounds = roundsOf(tables, this.backends.length)
  }

  /** Slices that are still to be sent, counted as `sent`. */
  get rest(): number {
    return this.rounds.length - this.sent
  }

  /** Share of the words that have been sent. */
  get share(): number {
    return this.words / this.values.vocab
  }

  /** Draws the table, unless every pass draws it anew. */
  drawTable(): void {
    for (const { place, slice } of this.rounds.flat()) {
      const table = this.tables.on(this.backends[place])
      if (table.kept) table.slice(slice)
    }
  }

  /** Sends the next slices. */
  send(count: number): void {
    const end = this.sent + count
    for (; this.sent < end; this.sent++) for (const part of this.rounds[this.sent]) this.stream(part)
  }

  private stream({ place, segment, slice: index }: Part): void {
    const backend = this.backends[place]
    const slice = this.tables.on(backend).slice(index)
    const { tokens } = this.values
    const state = (this.states[segment] ??= backend.createLogitLossState(
      tokens,
      this.scales.length,
      histogramBins,
      landscapeBins,
    ))
    streamSlice(backend, this.values, this.batches[place], state, this.scales, slice)
    this.words += slice.words
  }

  /** Waits for all slices that have been sent. */
  async finished(): Promise<void> {
    await Promise.all(this.backends.map((backend) => backend.finished()))
  }

  /** The statistics of the words that have been sent. */
  async read(): Promise<LogitLossResult> {
    const results = await Promise.all(
      this.states.flatMap((state, segment) =>
        state ? [this.backends[segment % this.backends.length].readLogitLoss(state)] : [],
      ),
    )
    return mergedLogitLoss(results, this.scales)
  }

  /** Begins anew, with the same batch. */
  restart(): void {
    for (const state of this.states) state?.dispose()
    this.states = []
    this.sent = 0
    this.words = 0
    this.spent = 0
  }

  dispose(): void {
    this.restart()
    for (const batch of this.batches) disposeBatch(batch)
  }
}

/** Every backend streams each of its segments from the first slice to the last. The others' slices come first in a round. */
function roundsOf({ sliceCount, slicesPerSegment }: EmbeddingTables, backends: number): Part[][] {
  const rounds: Part[][] = []
  const segments = Math.ceil(sliceCount / slicesPerSegment)
  for (let first = 0; first < segments; first += backends)
    for (let step = 0; step < slicesPerSegment; step++) {
      const round: Part[] = []
      for (let place = backends - 1; place >= 0; place--) {
        const segment = first + place
        const slice = segment * slicesPerSegment + step
        if (slice < Math.min(sliceCount, (segment + 1) * slicesPerSegment))
          round.push({ place, segment, slice })
      }
      if (round.length > 0) rounds.push(round)
    }
  return rounds
}
