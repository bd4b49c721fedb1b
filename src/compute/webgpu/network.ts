/** The operations of small networks on latents, labels and images, many models in one dispatch. */
import type { Tensor } from '../backend.ts'
import {
  checkAddSoftmax,
  checkCountErrors,
  checkCrossEntropy,
  checkGatherImages,
  checkLatent,
  checkLatentGradient,
} from '../lossArguments.ts'
import type { CrossEntropyArguments, LatentArguments, LatentGradientArguments, Matrices } from '../network.ts'
import { Arguments, readPlace, writtenPlace } from './arguments.ts'
import type { Context } from './context.ts'
import type { GpuTensor } from './memory.ts'
import type { KernelName } from './pipelines.ts'
import { unsigned } from './queue.ts'

/** Invocations of a workgroup, in every kernel here. */
const width = 64
/** Examples of a workgroup of `sampleLatent`. */
const latentRows = 8

/** Roughly the multiply-adds that an exponential and what goes with it take. */
const exponentialWork = 20

export class Network {
  constructor(private readonly context: Context) {}

  gatherImages(groups: number, output: Matrices, images: Tensor, indices: Tensor): void {
    const checked = checkGatherImages(this.given('gatherImages'), groups, output, images, indices)
    const { output: to, words } = checked
    const invocations = groups * to.rows * words
    this.dispatch(
      'gatherImages',
      [groups, to.rows, words, checked.imageCount, ...writtenPlace(to)],
      [to.tensor, checked.images, checked.indices],
      Math.ceil(invocations / width),
      4 * invocations,
    )
  }

  sampleLatent(parameters: LatentArguments): void {
    const { models, encoded, noise, latent, rates } = checkLatent(this.given('sampleLatent'), parameters)
    const { rows, columns } = latent
    this.dispatch(
      'sampleLatent',
      [
        models,
        rows,
        columns,
        ...readPlace(encoded),
        ...readPlace(noise),
        ...writtenPlace(latent),
        ...writtenPlace(rates),
      ],
      [latent.tensor, rates.tensor, encoded.tensor, noise.tensor],
      Math.ceil((models * rows) / latentRows),
      2 * exponentialWork * models * rows * columns,
    )
  }

  sampleLatentGradient(parameters: LatentGradientArguments): void {
    const checked = checkLatentGradient(this.given('sampleLatentGradient'), parameters)
    const { models, encoded, noise, latentGradient, betas, output } = checked
    const { rows, columns } = latentGradient
    const invocations = models * rows * columns
    this.dispatch(
      'sampleLatentGradient',
      [
        ...[models, rows, columns, ...readPlace(encoded), ...readPlace(noise), ...readPlace(latentGradient)],
        ...writtenPlace(output),
      ],
      [output.tensor, encoded.tensor, noise.tensor, latentGradient.tensor, betas],
      Math.ceil(invocations / width),
      2 * exponentialWork * invocations,
    )
  }

  crossEntropy(parameters: CrossEntropyArguments): void {
    const checked = checkCrossEntropy(this.given('crossEntropy'), parameters)
    const { models, logits, labels, losses, gradient } = checked
    const { rows, columns } = logits
    this.dispatch(
      'crossEntropy',
      [
        ...[
          models,
          rows,
          columns,
          Number(gradient !== undefined),
          ...readPlace(logits),
          ...readPlace(labels),
        ],
        ...writtenPlace(losses),
        ...(gradient ? writtenPlace(gradient) : [0, 0]),
      ],
      // without a gradient something else has to be bound in its place
      [losses.tensor, gradient?.tensor ?? 'no gradient', logits.tensor, labels.tensor],
      Math.ceil((models * rows) / width),
      2 * exponentialWork * models * rows * columns,
    )
  }

  addSoftmax(models: number, probabilities: Matrices, logits: Matrices): void {
    const checked = checkAddSoftmax(this.given('addSoftmax'), models, probabilities, logits)
    const { probabilities: to, logits: from } = checked
    this.dispatch(
      'addSoftmax',
      [models, from.rows, from.columns, ...writtenPlace(to), ...readPlace(from)],
      [to.tensor, from.tensor],
      Math.ceil((models * from.rows) / width),
      2 * exponentialWork * models * from.rows * from.columns,
    )
  }

  countErrors(models: number, errors: Tensor, scores: Matrices, labels: Matrices): void {
    const checked = checkCountErrors(this.given('countErrors'), models, errors, scores, labels)
    const { errors: to, scores: from, labels: targets } = checked
    this.dispatch(
      'countErrors',
      [from.rows, from.columns, models, ...readPlace(from), ...readPlace(targets)],
      [to, from.tensor, targets.tensor],
      models,
      models * from.rows * from.columns,
    )
  }

  private given(operation: string): Arguments {
    return new Arguments(operation, this.context.memory)
  }

  /** A buffer that is only a name is scratch space. */
  private dispatch(
    kernel: KernelName,
    words: readonly number[],
    buffers: readonly (GpuTensor | string)[],
    workgroups: number,
    work: number,
  ): void {
    const { queue, pipelines, memory } = this.context
    queue.dispatch({
      kernel: pipelines.get(kernel, 'main'),
      parameters: words.map(unsigned),
      buffers: buffers.map((own) => (typeof own === 'string' ? memory.scratch(own, 16) : own.buffer)),
      workgroups,
      work,
    })
  }
}
