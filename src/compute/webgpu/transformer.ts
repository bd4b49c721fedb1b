/** The operations of a language model beside its products, attention and loss; many models in one dispatch. */
import type { Tensor } from '../backend.ts'
import type { Matrices } from '../network.ts'
import type { GatherRowsArguments, ScatterAddRowsArguments } from '../transformer.ts'
import {
  checkClipNorm,
  checkEntries,
  checkGatherRows,
  checkGelu,
  checkLayerNormGradient,
  checkRowNorms,
  checkScatterAddRows,
} from '../transformerArguments.ts'
import { Arguments, described, readPlace, writtenPlace } from './arguments.ts'
import { type Context, invoke } from './context.ts'
import { float, unsigned } from './queue.ts'

/** Roughly the multiply-adds that a GELU or its slope takes. */
const geluWork = 40
/** Invocations that share a row in rowTotals.wgsl. */
const rowLanes = 8
/** Among so many the words are divided by `scatterAddRows`: more are faster on hardware, fewer on software adapters. */
const scatterShares = 8
/** Invocations that sum the squares of a model in `clipNorm`. */
const normShares = 1024

export class Transformer {
  constructor(private readonly context: Context) {}

  gatherRows(parameters: GatherRowsArguments): void {
    const checked = checkGatherRows(this.given('gatherRows'), parameters)
    const { models, output, table, indices, scale, positions } = checked
    const { rows, columns } = output
    invoke(this.context, 'gatherRows', 'main', {
      parameters: [
        ...[models, rows, columns, table.rows, positions?.rows ?? 0].map(unsigned),
        float(scale),
        ...[...writtenPlace(output), ...readPlace(table), ...readPlace(indices)].map(unsigned),
        // what is absent is not read, but something has to be bound in its place
        ...readPlace(positions ?? table).map(unsigned),
      ],
      buffers: [output, table, indices, positions ?? table].map(({ tensor }) => tensor.buffer),
      invocations: models * rows * columns,
      work: 4 * models * rows * columns,
    })
  }

  scatterAddRows(parameters: ScatterAddRowsArguments): void {
    const checked = checkScatterAddRows(this.given('scatterAddRows'), parameters)
    const { models, output, input, indices, scale } = checked
    const { rows, columns } = input
    const shares = Math.min(scatterShares, output.rows)
    invoke(this.context, 'scatterAddRows', 'main', {
      parameters: [
        ...[models, rows, columns, output.rows, shares].map(unsigned),
        float(scale),
        ...[...writtenPlace(output), ...readPlace(input), ...readPlace(indices)].map(unsigned),
      ],
      buffers: [output, input, indices].map(({ tensor }) => tensor.buffer),
      invocations: models * shares * columns,
      work: 2 * models * shares * rows * columns,
    })
  }

  layerNorm(output: Tensor, input: Tensor): void {
    const given = this.given('layerNorm')
    const from = given.matrix('input', input)
    const to = given.matrix('output', output)
    given.shape('output', to, from.shape, described('input', from))
    const [rows, columns] = from.shape
    const inPlace = to === from
    invoke(this.context, 'layerNorm', 'main', {
      parameters: [rows, columns, Number(inPlace)].map(unsigned),
      buffers: [to.buffer, inPlace ? this.context.memory.scratch('no input', 16) : from.buffer],
      invocations: rowLanes * rows,
      work: 5 * rows * columns,
    })
  }

  layerNormGradient(output: Tensor, input: Tensor, gradient: Tensor): void {
    const checked = checkLayerNormGradient(this.given('layerNormGradient'), output, input, gradient)
    const { rows, columns } = checked
    const inPlace = checked.output === checked.gradient
    invoke(this.context, 'layerNormGradient', 'main', {
      parameters: [rows, columns, Number(inPlace)].map(unsigned),
      buffers: this.slopeBuffers(checked, inPlace),
      invocations: rowLanes * rows,
      work: 10 * rows * columns,
    })
  }

  gelu(output: Tensor, input: Tensor): void {
    const checked = checkGelu(this.given('gelu'), output, input)
    const { length } = checked.input
    invoke(this.context, 'gelu', 'main', {
      parameters: [unsigned(length)],
      buffers: [checked.output.buffer, checked.input.buffer],
      invocations: length,
      work: geluWork * length,
    })
  }

  geluGradient(output: Tensor, input: Tensor, gradient: Tensor): void {
    const checked = checkEntries(this.given('geluGradient'), output, input, gradient)
    const { length } = checked.input
    const inPlace = checked.output === checked.gradient
    invoke(this.context, 'geluGradient', 'main', {
      parameters: [length, Number(inPlace)].map(unsigned),
      buffers: this.slopeBuffers(checked, inPlace),
      invocations: length,
      work: geluWork * length,
    })
  }

  rowNorms(models: number, output: Matrices, input: Matrices): void {
    const checked = checkRowNorms(this.given('rowNorms'), models, output, input)
    const { output: to, input: from } = checked
    invoke(this.context, 'rowNorms', 'main', {
      parameters: [models, from.rows, from.columns, ...writtenPlace(to), ...readPlace(from)].map(unsigned),
      buffers: [to.tensor.buffer, from.tensor.buffer],
      invocations: models * from.rows,
      work: 4 * models * from.rows * from.columns,
    })
  }

  clipNorm(models: number, values: Matrices, norms: Tensor, limit: number): void {
    const checked = checkClipNorm(this.given('clipNorm'), models, values, norms, limit)
    const { values: clipped, norms: to } = checked
    const count = clipped.rows * clipped.columns
    const shares = Math.min(normShares, Math.ceil(count / 16))
    const sums = this.context.memory.scratch('sums of squares', 16 * models * shares)
    const parameters = [...[models, count, ...writtenPlace(clipped), shares].map(unsigned), float(limit)]
    const run = (entryPoint: string, buffers: (GPUBuffer | undefined)[], invocations: number, work: number) =>
      invoke(this.context, 'clipNorm', entryPoint, { parameters, buffers, invocations, work })
    const { buffer } = clipped.tensor
    run('sum', [buffer, undefined, sums], models * shares, 4 * models * count)
    run('join', [undefined, to.buffer, sums], models, models * shares)
    if (limit < Infinity) run('scale', [buffer, to.buffer], models * count, 4 * models * count)
  }

  /** A gradient that is the output may not be bound twice; the input stands in its place. */
  private slopeBuffers(
    { output, input, gradient }: Record<'output' | 'input' | 'gradient', { readonly buffer: GPUBuffer }>,
    inPlace: boolean,
  ): GPUBuffer[] {
    return [output, input, inPlace ? input : gradient].map(({ buffer }) => buffer)
  }

  private given(operation: string): Arguments {
    return new Arguments(operation, this.context.memory)
  }
}
