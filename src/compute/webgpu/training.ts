/** What trains small networks beside the products: their biases' gradients, Adam and its check. */
import type { Tensor } from '../backend.ts'
import type { AdamArguments, Matrices, RunningAverageArguments } from '../network.ts'
import { checkAdam, checkColumnSums, checkMarkFinite, checkRunningAverage } from '../trainingArguments.ts'
import { Arguments } from './arguments.ts'
import type { Context } from './context.ts'
import { float, unsigned } from './queue.ts'

/** Invocations of a workgroup, in every kernel here. */
const width = 64
/** Numbers that an invocation of `markFinite` looks at. */
const numbersAtOnce = 16
/** Roughly the multiply-adds that the update of one parameter takes. */
const updateWork = 12

export class Training {
  constructor(private readonly context: Context) {}

  columnSums(models: number, output: Matrices, input: Matrices): void {
    const checked = checkColumnSums(this.given('columnSums'), models, output, input)
    const { output: to, input: from } = checked
    const { rows, columns } = from
    this.context.queue.dispatch({
      kernel: this.context.pipelines.get('columnSums', 'main'),
      parameters: [
        ...[models, rows, columns, to.offset, to.stride],
        ...[from.offset, from.stride, from.period],
      ].map(unsigned),
      buffers: [to.tensor.buffer, from.tensor.buffer],
      workgroups: Math.ceil((models * columns) / width),
      work: models * rows * columns,
    })
  }

  markFinite(models: number, alive: Tensor, values: Matrices): void {
    const checked = checkMarkFinite(this.given('markFinite'), models, alive, values)
    const { rows, columns, offset, stride, period, tensor } = checked.values
    const count = rows * columns
    const invocations = Math.ceil(count / numbersAtOnce)
    this.context.queue.dispatch({
      kernel: this.context.pipelines.get('markFinite', 'main'),
      parameters: [models, count, offset, stride, period, invocations].map(unsigned),
      buffers: [checked.alive.buffer, tensor.buffer],
      workgroups: Math.ceil((models * invocations) / width),
      work: models * count,
    })
  }

  adam(parameters: AdamArguments): void {
    const checked = checkAdam(this.given('adam'), parameters)
    const { models, count, rate, rootFactor } = checked
    this.context.queue.dispatch({
      kernel: this.context.pipelines.get('adam', 'main'),
      parameters: [unsigned(models), unsigned(count), float(rate), float(rootFactor)],
      buffers: [
        ...[checked.parameters, checked.firstMoments, checked.secondMoments],
        ...[checked.gradients, checked.alive],
      ].map(({ buffer }) => buffer),
      workgroups: Math.ceil((models * count) / width),
      work: updateWork * models * count,
    })
  }

  runningAverage(parameters: RunningAverageArguments): void {
    const checked = checkRunningAverage(this.given('runningAverage'), parameters)
    const { models, count, kept, average, alive } = checked
    this.context.queue.dispatch({
      kernel: this.context.pipelines.get('runningAverage', 'main'),
      parameters: [unsigned(models), unsigned(count), float(kept)],
      buffers: [average.buffer, checked.parameters.buffer, alive.buffer],
      workgroups: Math.ceil((models * count) / width),
      work: 2 * models * count,
    })
  }

  private given(operation: string): Arguments {
    return new Arguments(operation, this.context.memory)
  }
}
