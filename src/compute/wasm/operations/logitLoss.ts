import { f32, i32, u32, usize } from '../../layout.ts'
import {
  checkLogitLoss,
  checkLogitLossState,
  type LogitLossArguments,
  type LogitLossState,
} from '../../operations/logitLoss.ts'
import { operation } from '../context.ts'
import { WasmLogitLossState } from '../logitLossState.ts'
import { structure } from '../structure.ts'
import { elementBytes } from '../tensor.ts'

const layout = structure('LogitSlice', {
  ...usize('hidden', 'table', 'stride', 'targets', 'inputs', 'scales', 'scratch'),
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
  ({ kernels, memory }, checked) => {
    const { tokens, dModel, hidden, table, targets, inputs, scales, state, ...rest } = checked
    const scratchBytes = kernels.logitLossScratch(tokens, dModel, state.histogramBins) >>> 0
    memory.withScratch(layout.size + scaleBytes + scratchBytes, (slice) => {
      const scaleAddress = slice + layout.size
      memory.float32(scaleAddress, scales.length).set(scales)
      memory.write(slice, layout, {
        hidden: hidden.address,
        table: table.address,
        stride: table.shape[1] * elementBytes,
        targets: targets.address,
        inputs: inputs.address,
        scales: scaleAddress,
        dModel,
        ...rest,
        scratch: scaleAddress + scaleBytes,
      })
      kernels.logitLoss(slice, state.address)
    })
  },
)

export const readLogitLoss = operation(
  (given, state: LogitLossState) => given.own('state', state, WasmLogitLossState),
  async (_, state) => state.read(),
)
