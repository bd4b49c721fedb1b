import { f32, i32, Layout, u32, usize } from '../../layout.ts'
import { checkLogitLoss, checkLogitLossState, type LogitLossOperations } from '../../operations/logitLoss.ts'
import type { Context } from '../context.ts'
import { WasmLogitLossState } from '../logitLossState.ts'
import { elementBytes } from '../tensor.ts'

/** Of the kernel's class `LogitSlice`. */
export const logitSliceLayout = new Layout({
  ...usize('hidden', 'table', 'stride', 'targets', 'inputs', 'scales', 'scratch'),
  ...i32('dModel'),
  ...u32('words', 'firstWord', 'vocabulary'),
  ...f32('histogramRange'),
})

/** Bytes that hold the scales and keep what follows aligned. */
const scaleBytes = 16

export const logitLoss = (context: Context): LogitLossOperations => ({
  createLogitLossState(...sizes) {
    checkLogitLossState(context.given('createLogitLossState'), ...sizes)
    return new WasmLogitLossState(context.memory, ...sizes)
  },

  logitLoss(parameters) {
    const { kernels, memory } = context
    const given = context.given('logitLoss')
    const state = given.own('state', parameters.state, WasmLogitLossState)
    const { tokens, dModel, hidden, table, targets, inputs, scales, ...rest } = checkLogitLoss(
      given,
      parameters,
      state,
    )
    const scratchBytes = kernels.logitLossScratch(tokens, dModel, state.histogramBins) >>> 0
    memory.withScratch(logitSliceLayout.size + scaleBytes + scratchBytes, (slice) => {
      const scaleAddress = slice + logitSliceLayout.size
      memory.float32(scaleAddress, scales.length).set(scales)
      memory.write(slice, logitSliceLayout, {
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

  readLogitLoss: async (state) =>
    context.given('readLogitLoss').own('state', state, WasmLogitLossState).read(),
})
