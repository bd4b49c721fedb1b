import source from '../../../../shaders/logitLoss.wgsl?raw'
import mergeSource from '../../../../shaders/logitLossMerge.wgsl?raw'
import { f32, u32 } from '../../layout.ts'
import {
  checkLogitLoss,
  checkLogitLossState,
  type LogitLossArguments,
  type LogitLossState,
} from '../../operations/logitLoss.ts'
import type { Lanes } from '../adapter.ts'
import { type Candidate, usualLanes } from '../candidate.ts'
import { type Context, operation, roundUp } from '../context.ts'
import { paddedCopy } from '../copyMatrix.ts'
import { GpuLogitLossState, stateSlots, statisticsFields } from '../logitLossState.ts'
import type { Kernel } from '../pipelines.ts'
import { whenReady } from '../queue.ts'
import { Shader } from '../shader.ts'
import { normals, timed } from '../trial.ts'
import type { Variants } from '../variants.ts'

const fields = {
  ...u32('tokens', 'words', 'firstWord', 'vocabulary', 'vectors', 'stride', 'firstRun', 'endRun'),
  scales: 'vec2f',
  ...f32('histogramRange'),
  ...u32('histogramBins', 'landscapeBins'),
} as const

const shader = new Shader('logitLoss', source, fields)

const mergeShader = new Shader('logitLossMerge', mergeSource, {
  scales: 'vec2f',
  ...u32('tokens', 'runs', 'firstSlot'),
})

/** Words of one partial result, as in the kernel. */
const runWords = 256

/** Of the variant `workgroup`, beside 64 tokens × 64 words at a time. */
export const lossTiles: readonly Lanes[] = [[8, 16]]

/** Tokens of a tile, and tiles that one workgroup computes. */
const tiles = {
  register: { tileTokens: 16, perWorkgroup: 4 },
  workgroup: { tileTokens: 64, perWorkgroup: 1 },
} as const

/** What the kernel is told besides the state and the buffers. */
interface Slice {
  readonly tokens: number
  readonly words: number
  readonly firstWord: number
  readonly vocabulary: number
  /** Vectors of 4 in a row of the hidden states, and from one row of the table to the next. */
  readonly vectors: number
  readonly stride: number
  /** The second is 0 when there is one scale. */
  readonly scales: readonly [number, number]
  readonly histogramRange: number
}

export const createLogitLossState = operation(
  checkLogitLossState,
  ({ memory }, sizes) => new GpuLogitLossState(memory, ...sizes),
)

export const logitLoss = operation(
  (given, parameters: LogitLossArguments) => checkLogitLoss(given, parameters, GpuLogitLossState),
  (context, { dModel, hidden, table, targets, inputs, state, ...rest }) => {
    const { memory, queue } = context
    const { tokens, words } = rest

    // the kernels read vectors of 4 along k: zeros after the hidden states silence what the table has there
    const columns = roundUp(dModel, 4)
    let stride = table.shape[1]
    let [hiddenBuffer, tableBuffer] = [hidden.buffer, table.buffer]
    if (columns !== dModel)
      hiddenBuffer = paddedCopy(context, 'hidden states', {
        source: hiddenBuffer,
        sourceRows: tokens,
        sourceColumns: dModel,
        sourceStride: dModel,
        columns,
      })
    if (stride % 4 !== 0) {
      tableBuffer = paddedCopy(context, 'the table slice', {
        source: tableBuffer,
        sourceRows: words,
        sourceColumns: dModel,
        sourceStride: stride,
        columns,
      })
      stride = columns
    }
    const runs = Math.ceil(words / runWords)
    const partials = memory.scratch('partial results', 4 * runs * tokens * statisticsFields)
    const scales = [rest.scales[0], rest.scales[1] ?? 0] as const
    const slice = { ...rest, scales, vectors: columns / 4, stride: stride / 4 }
    const buffers = [hiddenBuffer, tableBuffer, targets.buffer, inputs.buffer, partials]
    queue.enqueue(() => {
      const choice = variantsOf(context).for(tokens * words * dModel)
      return choice instanceof Promise
        ? choice.then((measured) => encode(context, measured, slice, state, buffers))
        : encode(context, choice, slice, state, buffers)
    })
    context.run(mergeShader, {
      fields: { scales, tokens, runs, firstSlot: state.slot },
      buffers: [partials, state.statistics],
      invocations: stateSlots * tokens,
    })
    state.slot = (state.slot + runs) % stateSlots
  },
  variantsOf,
)

export const readLogitLoss = operation(
  (given, state: LogitLossState) => given.own('state', state, GpuLogitLossState),
  async (_, state) => state.read(),
)

function variantsOf(context: Context): Variants {
  return context.variants('logitLoss', () => ({
    shader,
    largerTiles: lossTiles,
    workgroupBytes: ([down, across]) => 256 * down * across,
    compile: (candidate) => kernelOf(context, candidate).compiled,
    trial: (candidate, work) => trial(context, candidate, work),
  }))
}

function kernelOf(context: Context, { variant, lanes = usualLanes }: Candidate): Kernel<typeof fields> {
  const columnLanes = lanes[1]
  // what is the WGSL's own is not given
  const constants = columnLanes === usualLanes[1] ? undefined : { columnLanes }
  return context.pipelines.get(shader, `${variant}Tile`, constants)
}

/** Records the slice, cut into dispatches that are each short enough for one submission. */
function encode(
  context: Context,
  candidate: Candidate,
  slice: Slice,
  state: GpuLogitLossState,
  buffers: GPUBuffer[],
): void | Promise<void> {
  const { queue } = context
  const kernel = kernelOf(context, candidate)
  const { tileTokens, perWorkgroup } = tiles[candidate.variant]
  const { tokens, words, firstWord, vocabulary, vectors, stride, scales, histogramRange } = slice
  const { histogramBins, landscapeBins } = state
  const tilesOfTokens = Math.ceil(tokens / tileTokens)
  const runs = Math.ceil(words / runWords)
  const runWork = tilesOfTokens * tileTokens * runWords * 4 * vectors
  return whenReady(kernel, () => {
    const step = Math.max(1, Math.floor(queue.workLimit / runWork))
    for (let firstRun = 0; firstRun < runs; firstRun += step) {
      const endRun = Math.min(firstRun + step, runs)
      queue.encode(kernel, {
        fields: {
          tokens,
          words,
          firstWord,
          vocabulary,
          vectors,
          stride,
          firstRun,
          endRun,
          scales,
          histogramRange,
          histogramBins,
          landscapeBins,
        },
        buffers: [...buffers, state.found, state.histogram, state.landscape],
        workgroups: Math.ceil(((endRun - firstRun) * tilesOfTokens) / perWorkgroup),
        work: (endRun - firstRun) * runWork,
      })
    }
  })
}

/** 64 tokens of 256 dimensions against as many words as make up the work, timed. */
async function trial(context: Context, candidate: Candidate, work: number): Promise<number> {
  const [tokens, columns] = [64, 256]
  const words = Math.ceil(work / (tokens * columns))
  const { memory } = context
  const state = new GpuLogitLossState(memory, tokens, 1, 64, 64)
  const partialBytes = 4 * Math.ceil(words / runWords) * tokens * statisticsFields
  const buffers = [
    (await normals(context, tokens * columns, 0)).buffer,
    (await normals(context, words * columns, 1)).buffer,
    memory.buffer('targets of a trial', 4 * tokens),
    memory.buffer('inputs of a trial', 4 * tokens),
    memory.buffer('partial results of a trial', partialBytes),
  ]
  const slice = {
    tokens,
    words,
    firstWord: 0,
    vocabulary: words,
    vectors: columns / 4,
    stride: columns / 4,
    scales: [1 / 16, 0] as const,
    histogramRange: 64,
  }
  const milliseconds = await timed(context, () => encode(context, candidate, slice, state, buffers))
  for (const buffer of buffers) buffer.destroy()
  state.dispose()
  return milliseconds
}
