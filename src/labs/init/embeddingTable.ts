/**
 * The embedding table with unit variance, in slices of words. Entry (word, column) is drawn from its own
 * counter, so every width sees the same first columns, and every `std` is a scale of the same table.
 *
 * Slices are kept while the whole table fits the budget; a larger one is drawn again, slice by slice, on
 * every pass, into one buffer.
 */
import type { Backend, Tensor } from '../../compute/backend.ts'
import { streams } from '../../compute/random.ts'

/** Bytes of table kept at most: 256 MiB, a quarter of a million words at width 256. */
const tableBudget = 256 * 1024 * 1024

export interface TableSlice {
  /** float32 [rows, columns] */
  readonly tensor: Tensor
  readonly firstWord: number
  /** Rows that are words; the last slice may have fewer than `tensor` has rows. */
  readonly words: number
}

const bytesPerEntry = 4

export class EmbeddingTable {
  readonly kept: boolean
  private readonly slices: (Tensor | undefined)[]
  private buffer: Tensor | undefined
  private disposed = false

  /** `columns` is the largest width that the table can serve. */
  constructor(
    private readonly backend: Backend,
    readonly seed: number,
    readonly vocabulary: number,
    readonly columns: number,
    readonly wordsPerSlice: number,
    budget = tableBudget,
  ) {
    this.kept = vocabulary * columns * bytesPerEntry <= budget
    this.slices = new Array(this.sliceCount)
  }

  get sliceCount(): number {
    return Math.ceil(this.vocabulary / this.wordsPerSlice)
  }

  /** Whether this table gives the same slices as a new table for these values, without drawing them again. */
  serves(seed: number, vocabulary: number, dModel: number): boolean {
    const same = this.seed === seed && this.vocabulary === vocabulary
    // a table that is drawn again on every pass should not draw columns that nobody reads
    return same && !this.disposed && (this.kept ? dModel <= this.columns : dModel === this.columns)
  }

  /** The slice, drawn if it is not there. If the table is not kept, the slice is valid until the next call. */
  slice(index: number): TableSlice {
    const firstWord = index * this.wordsPerSlice
    const words = Math.min(this.wordsPerSlice, this.vocabulary - firstWord)
    const held = this.kept ? this.slices[index] : this.buffer
    const tensor = held ?? this.backend.createTensor([this.wordsPerSlice, this.columns])
    if (!this.kept || !held)
      this.backend.randomNormal(tensor, { seed: this.seed, stream: streams.embedding }, firstWord)
    if (this.kept) this.slices[index] = tensor
    else this.buffer = tensor
    return { tensor, firstWord, words }
  }

  dispose(): void {
    this.disposed = true
    for (const tensor of [...this.slices, this.buffer]) tensor?.dispose()
    this.slices.fill(undefined)
    this.buffer = undefined
  }
}

/**
 * Columns to draw for a width: the next power of two if it fits the budget, else the width itself. With more columns
 * a drag of d_model does not draw the table anew at every value.
 */
export function columnsFor(vocabulary: number, dModel: number): number {
  const generous = 2 ** Math.ceil(Math.log2(dModel))
  return vocabulary * generous * bytesPerEntry <= tableBudget ? generous : Math.ceil(dModel / 4) * 4
}

/** The words of a segment where the words are divided: see `VocabularyPass`. */
const segmentWords = 2048

/** The table on each backend that works for a run, where it draws the slices that it is asked for. */
export class EmbeddingTables {
  readonly slicesPerSegment: number
  private readonly tables = new Map<Backend, EmbeddingTable>()
  private readonly create: (backend: Backend) => EmbeddingTable

  /** `wordsPerSlice` is a power of two. */
  constructor(
    private readonly backend: Backend,
    seed: number,
    vocabulary: number,
    columns: number,
    wordsPerSlice: number,
  ) {
    // on a GPU every segment would be a further answer to wait for, and there is no other backend to share with
    const segment = backend.kind === 'wasm' ? segmentWords : vocabulary
    const words = Math.min(wordsPerSlice, segment, vocabulary)
    this.slicesPerSegment = Math.ceil(segment / words)
    this.create = (one) => new EmbeddingTable(one, seed, vocabulary, columns, words)
  }

  on(backend: Backend): EmbeddingTable {
    const table = this.tables.get(backend) ?? this.create(backend)
    this.tables.set(backend, table)
    return table
  }

  get sliceCount(): number {
    return this.on(this.backend).sliceCount
  }

  /** As `EmbeddingTable.serves`. */
  serves(seed: number, vocabulary: number, dModel: number): boolean {
    return this.on(this.backend).serves(seed, vocabulary, dModel)
  }

  dispose(): void {
    for (const table of this.tables.values()) table.dispose()
  }
}
