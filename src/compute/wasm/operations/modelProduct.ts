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
})

/** Bytes before the first model's matrix, and from one to the next. */
const placed = (matrices: CheckedMatrices<WasmTensor>) => ({
  start: place(matrices, 0),
  stride: elementBytes * matrices.stride,
  period: matrices.period,
})
const absent = { start: 0, stride: 0, period: 1 }

/** The register block, and the smallest part that is worth packing its factors. */
const block = { rows: 24, columns: 32 }
/** Nanoseconds of a product and its sum. */
const cost = 0.05

/** A part of the rows and columns of a group's outputs. */
interface Part {
  readonly row: number
  readonly rows: number
  readonly column: number
  readonly columns: number
}

/** Cuts an output into about so many parts, as square as they can be: each packs its rows and its columns. */
function partsOf(rows: number, columns: number, count: number): Part[] {
  if (count < 2) return [{ row: 0, rows, column: 0, columns }]
  const side = Math.sqrt((rows * columns) / count)
  const across = Math.max(1, Math.min(count, Math.round(columns / side)))
  const step = (length: number, parts: number, unit: number) => Math.ceil(length / parts / unit) * unit
  const width = step(columns, across, block.columns)
  const height = step(rows, Math.max(1, Math.round(count / across)), block.rows)
  const parts: Part[] = []
  for (let column = 0; column < columns; column += width)
    for (let row = 0; row < rows; row += height)
      parts.push({
        ...{ row, rows: Math.min(height, rows - row) },
        ...{ column, columns: Math.min(width, columns - column) },
      })
  return parts
}

export const modelProduct = operation(checkModelProduct, (context, checked) => {
  const { kernels, memory } = context
  const { models, rows, inner, columns, transposeLeft, transposeRight, relu, accumulate } = checked
  const [output, left, right] = [checked.output, checked.left, checked.right].map(placed)
  const [bias, gate] = [checked.bias, checked.gate].map((each) => (each ? placed(each) : absent))
  memory.withScratch(layout.size, (address) => {
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
    })
    // models of a group share a factor
    const groups = Math.min(left.period, right.period)
    const count = context.parts(cost * models * rows * inner * columns)
    const parts = partsOf(rows, columns, Math.ceil(count / groups))
    const each = Math.ceil(groups / Math.max(1, count))
    const calls: Parameters<typeof kernels.modelProduct>[] = []
    for (let group = 0; group < groups; group += each)
      for (const part of parts)
        calls.push([
          ...([address, group, Math.min(each, groups - group)] as const),
          ...([part.row, part.rows, part.column, part.columns, 0] as const),
        ])
    // a smaller part may need more: its blocks may be larger
    const scratch = parts.map((part) => kernels.modelProductScratch(part.rows, inner, part.columns) >>> 0)
    context.all('modelProduct', calls, Math.max(...scratch))
  })
})
