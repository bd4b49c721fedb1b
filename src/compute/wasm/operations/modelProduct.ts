import { i32, usize } from '../../layout.ts'
import type { CheckedMatrices } from '../../matrices.ts'
import { checkModelProduct } from '../../operations/modelProduct.ts'
import { operation } from '../context.ts'
import { structure } from '../structure.ts'
import { elementBytes, place, type WasmTensor } from '../tensor.ts'

const layout = structure('ModelProduct', {
  ...usize('output', 'outputStride', 'left', 'leftStride'),
  ...i32('leftPeriod'),
  ...usize('right', 'rightStride'),
  ...i32('rightPeriod'),
  ...usize('bias', 'biasStride'),
  ...i32('biasPeriod'),
  ...usize('gate', 'gateStride'),
  ...i32('gatePeriod', 'transposeLeft', 'transposeRight', 'relu', 'accumulate'),
  ...i32('models', 'rows', 'inner', 'columns'),
  ...usize('scratch'),
})

/** Bytes before the first model's matrix, and from one to the next. */
const placed = (matrices: CheckedMatrices<WasmTensor>) => ({
  start: place(matrices, 0),
  stride: elementBytes * matrices.stride,
  period: matrices.period,
})
const absent = { start: 0, stride: 0, period: 1 }

export const modelProduct = operation(checkModelProduct, ({ kernels, memory }, checked) => {
  const { models, rows, inner, columns, transposeLeft, transposeRight, relu, accumulate } = checked
  const [output, left, right] = [checked.output, checked.left, checked.right].map(placed)
  const [bias, gate] = [checked.bias, checked.gate].map((each) => (each ? placed(each) : absent))
  const scratchBytes = kernels.modelProductScratch(rows, inner, columns) >>> 0
  memory.withScratch(layout.size + scratchBytes, (address) => {
    memory.write(address, layout, {
      output: output.start,
      outputStride: output.stride,
      left: left.start,
      leftStride: left.stride,
      leftPeriod: left.period,
      right: right.start,
      rightStride: right.stride,
      rightPeriod: right.period,
      bias: bias.start,
      biasStride: bias.stride,
      biasPeriod: bias.period,
      gate: gate.start,
      gateStride: gate.stride,
      gatePeriod: gate.period,
      transposeLeft,
      transposeRight,
      relu,
      accumulate,
      models,
      rows,
      inner,
      columns,
      scratch: address + layout.size,
    })
    kernels.modelProduct(address)
  })
})
