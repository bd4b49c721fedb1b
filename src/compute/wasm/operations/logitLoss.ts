import { f32, i32, u32, usize } from '../../layout.ts'
import {
  checkLogitLoss,
  checkLogitLossState,
  type LogitLossArguments,
  type LogitLossState,
} from '../../operations/logitLoss.ts'
import { type Context, operation } from '../context.ts'
import type { Kernels } from '../generated/kernels.d.ts'
import { WasmLogitLossState } from '../logitLossState.ts'
import { structure } from '../structure.ts'
import { elementBytes } from '../tensor.ts'

const layout = structure('LogitSlice', {
  ...usize('hidden', 'table', 'stride', 'targets', 'inputs', 'scales', 'hiddenPanels', 'logits'),
  ...i32('dModel'),
  ...u32('words', 'firstWord', 'vocabulary'),
  ...f32('histogramRange'),
})

/** Bytes that hold the scales and keep what follows aligned. */
const scaleBytes = 16

export const createLogitLossState = operation(
  checkLogitLossState,
  ({ memory }, sizes) => new WasmLogitLossState(memory, ...sizes),
)

export const logitLoss = operation(
  (given, parameters: LogitLossArguments) => checkLogitLoss(given, parameters, WasmLogitLossState),
  (context, checked) => {
    const { kernels, memory } = context
    const { tokens, dModel, hidden, table, targets, inputs, scales, state, ...rest } = checked
    const { words } = rest
    const fields = {
      hidden: hidden.address,
      table: table.address,
      stride: table.shape[1] * elementBytes,
      targets: targets.address,
      inputs: inputs.address,
      dModel,
      ...rest,
    }
    const cost = tokens * words * (0.05 * dModel + 2 + 3 * scales.length)
    const tiles = Math.ceil(words / kernels.logitTileWords())
    const shared = Math.min(tiles, context.parts(cost)) > 1
    const group = shared ? tilesAtOnce(kernels, tokens, tiles) : 0
    const panelBytes = shared ? kernels.logitPanelBytes(tokens, dModel) >>> 0 : 0
    const logitBytes = group * tileBytes(kernels, tokens)
    memory.withScratch(layout.size + scaleBytes + panelBytes + logitBytes, (slice) => {
      const scaleAddress = slice + layout.size
      const hiddenPanels = scaleAddress + scaleBytes
      memory.float32(scaleAddress, scales.length).set(scales)
      memory.write(slice, layout, {
        ...{ ...fields, scales: scaleAddress, hiddenPanels, logits: hiddenPanels + panelBytes },
      })
      if (shared) shareSlice(context, slice, state, { dModel, tiles, group })
      else {
        const scratch = kernels.logitLossScratch(tokens, dModel, state.histogramBins) >>> 0
        context.all('logitLoss', [[slice, state.address, 0]], scratch)
      }
    })
  },
)

/** Bytes of the raw logits that a team keeps at most: they stay in a cache that its threads share. */
const mostLogitBytes = 4e6

const tileBytes = (kernels: Kernels, tokens: number) => elementBytes * tokens * kernels.logitTileWords()

const tilesAtOnce = (kernels: Kernels, tokens: number, tiles: number) =>
  Math.min(tiles, Math.max(16, Math.floor(mostLogitBytes / tileBytes(kernels, tokens))))

/**
 * A slice on all threads: they draw the raw logits of some tiles, tile by tile, and reduce them, token by token, in the
 * order of the words. So each number is summed in one order, whatever the number of threads.
 */
function shareSlice(
  context: Context,
  slice: number,
  state: WasmLogitLossState,
  { dModel, tiles, group }: Readonly<Record<'dModel' | 'tiles' | 'group', number>>,
): void {
  const { kernels, memory } = context
  const { tokens, histogramBins } = state
  const tileWords = kernels.logitTileWords()
  kernels.logitPanels(slice, state.address)
  const tilesScratch = kernels.logitTilesScratch(dModel) >>> 0
  const reductionScratch = kernels.logitReductionScratch(tokens) >>> 0
  const each = Math.max(1, Math.ceil(tokens / (2 * context.threads)))
  const parts = Math.ceil(tokens / each)
  const countBytes = kernels.logitCountBytes(histogramBins) >>> 0
  memory.withScratch(parts * countBytes, (counts) => {
    for (let tile = 0; tile < tiles; tile += group) {
      const count = Math.min(group, tiles - tile)
      const word = tile * tileWords
      context.all(
        'logitTiles',
        Array.from({ length: count }, (_, index) => [slice, state.address, word, index, 1, 0]),
        tilesScratch,
      )
      context.all(
        'logitReduction',
        Array.from({ length: parts }, (_, part) => {
          const first = part * each
          const own = counts + part * countBytes
          return [slice, state.address, word, count, first, Math.min(each, tokens - first), own, 0]
        }),
        reductionScratch,
      )
      for (let part = 0; part < parts; part++)
        kernels.logitHistogram(state.address, counts + part * countBytes)
    }
  })
}

export const readLogitLoss = operation(
  (given, state: LogitLossState) => given.own('state', state, WasmLogitLossState),
  async (_, state) => state.read(),
)
