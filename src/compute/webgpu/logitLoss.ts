import type { LogitLossArguments, LogitLossResult, LogitLossState } from '../backend.ts'
import { Arguments, described } from './arguments.ts'
import { type Context, copyMatrix, roundUp } from './context.ts'
import { histogramCopies, mergeLogitLoss, stateSlots, statisticsFields } from './logitLossState.ts'
import type { Kernel } from './pipelines.ts'
import { float, unsigned } from './queue.ts'
import { normals, timed } from './trial.ts'
import { type Variant, Variants } from './variants.ts'

/** Words of one partial result, as in the kernel. */
const runWords = 256

/** Tokens of a tile, and tiles that one workgroup computes. */
const tiles = {
  register: { tokens: 16, perWorkgroup: 4 },
  workgroup: { tokens: 64, perWorkgroup: 1 },
} as const

interface GpuLogitLossState extends LogitLossState {
  /** [slots, tokens, 3 vectors] */
  readonly statistics: GPUBuffer
  /** [2, tokens] */
  readonly found: GPUBuffer
  /** [copies, bins + 2] */
  readonly histogram: GPUBuffer
  /** [tokens, landscapeBins] */
  readonly landscape: GPUBuffer
  /** Slots taken so far: the next slice begins at the next one. */
  slot: number
  /** Fixed by the first slice. */
  scales?: readonly number[]
  disposed: boolean
}

/** Everything but the buffers that the kernel needs to know. */
interface Slice {
  readonly tokens: number
  readonly words: number
  readonly firstWord: number
  readonly vocabulary: number
  /** Columns of hidden, and from one row of the table to the next; multiples of 4. */
  readonly columns: number
  readonly stride: number
  readonly scales: readonly number[]
  readonly histogramRange: number
}

export class LogitLoss {
  readonly variants: Variants

  constructor(private readonly context: Context) {
    this.variants = new Variants(context, {
      compile: (variant) => this.kernel(variant),
      trial: (variant, work) => this.trial(variant, work),
    })
  }

  createState(
    tokens: number,
    scaleCount: number,
    histogramBins: number,
    landscapeBins: number,
  ): LogitLossState {
    const { memory, queue } = this.context
    const given = new Arguments('createLogitLossState', memory)
    for (const [name, value] of Object.entries({ tokens, histogramBins, landscapeBins }))
      given.unsigned(name, value, 1)
    given.unsigned('scaleCount', scaleCount, 1, 2)
    const statistics = new Float32Array(stateSlots * tokens * statisticsFields)
    for (let i = 0; i < statistics.length; i += statisticsFields) statistics[i] = -3e38
    const found = new Float32Array(2 * tokens).fill(Number.NaN)
    const buffers = {
      statistics: memory.buffer('logit statistics', statistics.byteLength, statistics),
      found: memory.buffer('target and own logits', found.byteLength, found),
      histogram: memory.buffer('logit histogram', 4 * histogramCopies * (histogramBins + 2)),
      landscape: memory.buffer('logit landscape', 4 * tokens * landscapeBins),
    }
    const state: GpuLogitLossState = {
      tokens,
      scaleCount,
      histogramBins,
      landscapeBins,
      ...buffers,
      slot: 0,
      disposed: false,
      dispose() {
        if (state.disposed) return
        state.disposed = true
        for (const buffer of Object.values(buffers)) queue.retire(buffer)
      },
    }
    return state
  }

  run(parameters: LogitLossArguments): void {
    const { memory, queue, pipelines } = this.context
    const { state, hidden, table, targets, inputs } = this.check(parameters)
    const { words, firstWord, vocabulary, scales, histogramRange } = parameters
    const [tokens, dModel] = hidden.shape
    let stride = table.shape[1]
    let hiddenBuffer = hidden.buffer
    let tableBuffer = table.buffer

    // the kernels read vectors of 4 along k: zeros after the hidden states silence what the table has there
    const columns = roundUp(dModel, 4)
    if (columns !== dModel) {
      const copy = memory.scratch('hidden states', 4 * tokens * columns)
      copyMatrix(this.context, hiddenBuffer, { rows: tokens, columns: dModel }, copy, {
        rows: tokens,
        columns,
      })
      hiddenBuffer = copy
    }
    if (stride % 4 !== 0) {
      const copy = memory.scratch('the table slice', 4 * words * columns)
      const source = { rows: words, columns: dModel, stride }
      copyMatrix(this.context, tableBuffer, source, copy, { rows: words, columns })
      tableBuffer = copy
      stride = columns
    }
    const runs = Math.ceil(words / runWords)
    const partials = memory.scratch('partial results', 4 * runs * tokens * statisticsFields)
    const slice = { tokens, words, firstWord, vocabulary, columns, stride, scales, histogramRange }
    const buffers = [hiddenBuffer, tableBuffer, targets.buffer, inputs.buffer, partials]
    queue.enqueue(() => {
      const variant = this.variants.for(tokens * words * dModel)
      return typeof variant === 'string'
        ? this.encode(variant, slice, state, buffers)
        : variant.then((measured) => this.encode(measured, slice, state, buffers))
    })
    queue.dispatch({
      kernel: pipelines.get('logitLossMerge', 'main'),
      parameters: [...[scales[0], scales[1] ?? 0].map(float), ...[tokens, runs, state.slot].map(unsigned)],
      buffers: [partials, state.statistics],
      workgroups: Math.ceil((stateSlots * tokens) / 64),
    })
    state.slot = (state.slot + runs) % stateSlots
  }

  async read(given: LogitLossState): Promise<LogitLossResult> {
    const state = this.own(given, 'readLogitLoss')
    const { memory } = this.context
    const { tokens, histogramBins, landscapeBins } = state
    // asked for together, so that nothing can come between them
    const [statistics, found, histogram, landscape] = await Promise.all([
      memory.download(state.statistics, 4 * stateSlots * tokens * statisticsFields),
      memory.download(state.found, 8 * tokens),
      memory.download(state.histogram, 4 * histogramCopies * (histogramBins + 2)),
      memory.download(state.landscape, 4 * tokens * landscapeBins),
    ])
    return mergeLogitLoss(state, state.scales ?? [], {
      statistics: new Float32Array(statistics),
      found: new Float32Array(found),
      histogram: new Uint32Array(histogram),
      landscape: new Uint32Array(landscape),
    })
  }

  private own(state: LogitLossState, caller: string): GpuLogitLossState {
    if (!('statistics' in state)) throw new TypeError(`${caller}: state was not made by this backend.`)
    const own = state as GpuLogitLossState
    if (own.disposed) throw new Error(`${caller}: the state was disposed of and cannot be used.`)
    return own
  }

  private check(parameters: LogitLossArguments) {
    const { words, firstWord, vocabulary, scales, histogramRange } = parameters
    const given = new Arguments('logitLoss', this.context.memory)
    const state = this.own(parameters.state, 'logitLoss')
    const hidden = given.matrix('hidden', parameters.hidden)
    const table = given.matrix('table', parameters.table)
    const targets = given.tensor('targets', parameters.targets, 'uint32')
    const inputs = given.tensor('inputs', parameters.inputs, 'uint32')
    const [tokens, dModel] = hidden.shape
    if (tokens !== state.tokens)
      given.fail(
        `${described('hidden', hidden)} has ${tokens} tokens; the state was made for ${state.tokens}.`,
      )
    given.shape('targets', targets, [tokens], described('hidden', hidden))
    given.shape('inputs', inputs, [tokens], described('hidden', hidden))
    if (table.shape[1] < dModel)
      given.fail(`${described('table', table)} has fewer columns than ${described('hidden', hidden)} needs.`)
    given.unsigned('words', words, 1, table.shape[0])
    given.unsigned('firstWord', firstWord)
    // the kernel computes landscape bins in 32-bit integers
    given.unsigned('vocabulary · landscapeBins', vocabulary * state.landscapeBins)
    if (firstWord + words > vocabulary)
      given.fail(
        `words ${firstWord} to ${firstWord + words - 1} do not lie in a vocabulary of ${vocabulary}.`,
      )
    if (scales.length !== state.scaleCount)
      given.fail(`scales [${scales.length}] must have as many entries as the state, ${state.scaleCount}.`)
    for (const scale of scales) given.positive('every scale', scale)
    given.positive('histogramRange', histogramRange)
    state.scales ??= [...scales]
    if (!state.scales.every((scale, i) => scale === scales[i]))
      given.fail(`scales [${scales}] differ from those of the state's earlier slices, [${state.scales}].`)
    return { state, hidden, table, targets, inputs }
  }

  private kernel(variant: Variant): Kernel {
    return this.context.pipelines.get('logitLoss', `${variant}Tile`)
  }

  /** Records the slice, cut into dispatches that are each short enough for one submission. */
  private encode(
    variant: Variant,
    slice: Slice,
    state: GpuLogitLossState,
    buffers: GPUBuffer[],
  ): void | Promise<void> {
    const { queue } = this.context
    const kernel = this.kernel(variant)
    if (!kernel.ready) return kernel.compiled.then(() => this.encode(variant, slice, state, buffers))
    const { tokens, perWorkgroup } = tiles[variant]
    const { words, columns, scales } = slice
    const tilesOfTokens = Math.ceil(slice.tokens / tokens)
    const runs = Math.ceil(words / runWords)
    const runWork = tilesOfTokens * tokens * runWords * columns
    const step = Math.max(1, Math.floor(queue.workLimit / runWork))
    for (let first = 0; first < runs; first += step) {
      const end = Math.min(first + step, runs)
      queue.encode(kernel.ready, {
        parameters: [
          ...[slice.tokens, words, slice.firstWord, slice.vocabulary].map(unsigned),
          ...[columns / 4, slice.stride / 4, first, end].map(unsigned),
          ...[scales[0], scales[1] ?? 0, slice.histogramRange].map(float),
          ...[state.histogramBins, state.landscapeBins].map(unsigned),
        ],
        buffers: [...buffers, state.found, state.histogram, state.landscape],
        workgroups: Math.ceil(((end - first) * tilesOfTokens) / perWorkgroup),
        work: (end - first) * runWork,
      })
    }
  }

  /** 64 tokens of 256 dimensions against as many words as make up the work, timed. */
  private async trial(variant: Variant, work: number): Promise<number> {
    const [tokens, columns] = [64, 256]
    const words = Math.ceil(work / (tokens * columns))
    const scales = [1 / 16]
    const slice = { tokens, words, firstWord: 0, vocabulary: words, columns, stride: columns, scales }
    const state = this.createState(tokens, 1, 64, 64) as GpuLogitLossState
    const { memory } = this.context
    const buffers = [
      await normals(this.context, tokens * columns, 0),
      await normals(this.context, words * columns, 1),
      memory.buffer('targets of a trial', 4 * tokens),
      memory.buffer('inputs of a trial', 4 * tokens),
      memory.buffer(
        'partial results of a trial',
        4 * Math.ceil(words / runWords) * tokens * statisticsFields,
      ),
    ]
    const milliseconds = await timed(this.context, () =>
      this.encode(variant, { ...slice, histogramRange: 64 }, state, buffers),
    )
    for (const buffer of buffers) buffer.destroy()
    state.dispose()
    return milliseconds
  }
}
