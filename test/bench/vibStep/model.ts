/** A training step of the VIB lab's preset `paper`: the numbers that every contestant begins with. */
import { layoutOf, operationsOf } from '../../../src/labs/vib/layout.ts'
import { presets, typed } from '../../../src/labs/vib/parameters.ts'
import { adam as common } from '../adam.ts'
import { inputValues, seeds } from '../contestant.ts'

const values = typed(presets.paper)

export const layout = layoutOf(values)
export const layers = [...layout.encoder, ...layout.decoder]
export const { batchSize, learningRate, latentDimensions } = values
export const beta = 1e-3
export const adam = { ...common, beta1: values.adamBeta1 }

/** One batch, the same in every step, and the parameters in the order of the layout. */
export const images = () => inputValues(batchSize * layout.inputs, seeds.left, 1 / Math.sqrt(3))
export const noise = () => inputValues(batchSize * latentDimensions, seeds.right)
export const labels = () => Uint32Array.from({ length: batchSize }, (_, image) => (7 * image) % 10)

/** Weights of variance 2 / (inputs + outputs), as the lab draws them; biases 0. */
export function firstParameters(): Float32Array<ArrayBuffer> {
  const parameters = new Float32Array(layout.parameters)
  for (const { inputs, outputs, weights } of layers) {
    const scale = Math.sqrt(2 / (inputs + outputs))
    parameters.set(inputValues(inputs * outputs, seeds.table + weights, scale), weights)
  }
  return parameters
}

export const inputBytes = 4 * (layout.parameters + batchSize * (layout.inputs + latentDimensions + 1))

/** Multiplications and additions of the products: one a layer forward, two backward but for the images' gradient. */
export const stepOperations = batchSize * (3 * operationsOf(layers) - operationsOf(layers.slice(0, 1)))
