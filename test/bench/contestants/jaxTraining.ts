/** Training in jax-js, whatever the model: it differentiates the loss; loss, gradient and Adam are one compiled function. */
import { blockUntilReady, jit, numpy as np, valueAndGrad } from '@jax-js/jax'
import { adam } from '../adam.ts'
import type { Prepared } from '../contestant.ts'

export interface JaxTraining {
  /** Uses up its arguments. */
  readonly lossOf: (parameters: np.Array[], ...inputs: np.Array[]) => np.Array
  readonly parameters: readonly np.Array[]
  /** The same in every step. */
  readonly inputs: readonly np.Array[]
  readonly learningRate: number
  /** Default: that of `adam`. */
  readonly beta1?: number
  readonly steps: number
  readonly inputBytes: number
  /** The gradients of the parameters, in the order in which contestants are compared. */
  readonly joined: (gradients: readonly Float32Array[]) => Float32Array
}

/** One array's update; `corrections` are 1 − β₁ᵗ and 1 − β₂ᵗ. */
function update(
  value: np.Array,
  gradient: np.Array,
  moments: np.Array[],
  corrections: np.Array[],
  learningRate: number,
  beta1: number,
) {
  const first = moments[0].mul(beta1).add(gradient.ref.mul(1 - beta1))
  const second = moments[1].mul(adam.beta2).add(np.square(gradient).mul(1 - adam.beta2))
  const size = np.sqrt(second.ref.div(corrections[1].ref)).add(adam.epsilon)
  const step = first.ref.div(corrections[0].ref).div(size).mul(learningRate)
  return { value: value.sub(step), moments: [first, second] }
}

export async function prepareTraining(training: JaxTraining): Promise<Prepared> {
  const { lossOf, inputs, learningRate, steps, beta1 = adam.beta1 } = training
  const lossAndGradients = valueAndGrad(lossOf) as (
    parameters: np.Array[],
    ...inputs: np.Array[]
  ) => [np.Array, np.Array[]]
  const gradientsAlone = jit((given: np.Array[], taken: np.Array[]) => {
    const [loss, gradients] = lossAndGradients(given, ...taken)
    loss.dispose()
    return gradients
  })
  const step = jit(
    (values: np.Array[], moments: np.Array[][], corrections: np.Array[], taken: np.Array[]) => {
      const given = values.map((value) => value.ref)
      const [loss, gradients] = lossAndGradients(given, ...taken)
      const updated = values.map((value, index) =>
        update(value, gradients[index], moments[index], corrections, learningRate, beta1),
      )
      for (const correction of corrections) correction.dispose()
      return {
        loss,
        parameters: updated.map(({ value }) => value),
        moments: updated.map(({ moments }) => moments),
      }
    },
  )
  const referenced = () => inputs.map((input) => input.ref)
  let parameters = [...training.parameters]
  let moments = parameters.map((value) => [np.zerosLike(value.ref), np.zerosLike(value.ref)])
  let losses: np.Array[] = []
  let done = 0
  await blockUntilReady([[...inputs], parameters, moments])
  return {
    inputBytes: training.inputBytes,
    async run() {
      for (const loss of losses) loss.dispose()
      losses = []
      for (let count = 0; count < steps; count++) {
        done++
        const corrections = [beta1, adam.beta2].map((decay) => np.array(1 - decay ** done))
        const next = step(parameters, moments, corrections, referenced())
        losses.push(next.loss as np.Array)
        parameters = next.parameters as np.Array[]
        moments = next.moments as np.Array[][]
      }
      await blockUntilReady([losses, parameters, moments])
    },
    async result() {
      const values = await Promise.all(losses.map((loss) => loss.ref.data()))
      return Float32Array.from(values, ([loss]) => loss)
    },
    async gradient() {
      const given = parameters.map((value) => value.ref)
      const gradients = gradientsAlone(given, referenced()) as np.Array[]
      const values = await Promise.all(gradients.map((gradient) => gradient.data()))
      return training.joined(values as Float32Array[])
    },
  }
}
