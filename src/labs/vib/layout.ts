/**
 * Layout of a model's parameters in its row: encoder pixels → hidden… → (μ, ρ), decoder z → hidden? → ten logits. Every
 * array begins at a multiple of four elements; the gaps between stay 0.
 */
import type { Backend, Tensor } from '../../compute/backend.ts'
import type { Matrices } from '../../compute/matrices.ts'
import { streams } from '../../compute/random.ts'
import type { VibValues } from './parameters.ts'

export const classes = 10

export interface Layer {
  readonly inputs: number
  readonly outputs: number
  /** First element of the weights [inputs, outputs]. */
  readonly weights: number
  /** First element of the biases [outputs]. */
  readonly biases: number
}

export interface Layout {
  /** Pixels of an image. */
  readonly inputs: number
  /** K */
  readonly latentDimensions: number
  readonly encoder: readonly Layer[]
  readonly decoder: readonly Layer[]
  /** Start of the decoder's parameters; the encoder's lie before. */
  readonly decoderStart: number
  /** Elements of a model's row. */
  readonly parameters: number
}

type Sizes = Pick<VibValues, 'pixels' | 'hiddenWidth' | 'hiddenLayers' | 'latentDimensions' | 'decoderWidth'>

export function layoutOf(values: Sizes): Layout {
  const { pixels, hiddenWidth, hiddenLayers, latentDimensions, decoderWidth } = values
  return layoutOfWidths(
    [pixels ** 2, ...Array<number>(hiddenLayers).fill(hiddenWidth), 2 * latentDimensions],
    [latentDimensions, ...(decoderWidth > 0 ? [decoderWidth] : []), classes],
  )
}

/** The layout for these widths of encoder and decoder, from the images' pixels and from the code's dimensions. */
export function layoutOfWidths(encoder: readonly number[], decoder: readonly number[]): Layout {
  let next = 0
  const take = (elements: number) => {
    const begin = next
    next += Math.ceil(elements / 4) * 4
    return begin
  }
  const chain = (widths: readonly number[]): Layer[] =>
    widths.slice(1).map((outputs, index) => ({
      inputs: widths[index],
      outputs,
      weights: take(widths[index] * outputs),
      biases: take(outputs),
    }))
  const encoderLayers = chain(encoder)
  const decoderStart = next
  const decoderLayers = chain(decoder)
  return {
    inputs: encoder[0],
    latentDimensions: decoder[0],
    encoder: encoderLayers,
    decoder: decoderLayers,
    decoderStart,
    parameters: next,
  }
}

/** Multiplications and additions of one image through encoder or decoder. */
export function operationsOf(layers: readonly Layer[]): number {
  return layers.reduce((sum, { inputs, outputs }) => sum + 2 * inputs * outputs, 0)
}

/**
 * Operations of one training step of one model: one product a layer forward, two backward. The image's own gradient is not
 * computed: nothing needs it.
 */
export function trainingOperations({ encoder, decoder }: Layout, batchSize: number): number {
  const forward = operationsOf(encoder) + operationsOf(decoder)
  return batchSize * (3 * forward - operationsOf(encoder.slice(0, 1)))
}

/** Rows of parameters, one a model, from row `first` on. */
export interface ParameterRows {
  readonly tensor: Tensor
  readonly first?: number
}

export function weightsOf(layout: Layout, layer: Layer, { tensor, first = 0 }: ParameterRows): Matrices {
  const stride = layout.parameters
  const offset = first * stride + layer.weights
  return { tensor, offset, stride, rows: layer.inputs, columns: layer.outputs }
}

export function biasesOf(layout: Layout, layer: Layer, { tensor, first = 0 }: ParameterRows): Matrices {
  const stride = layout.parameters
  return { tensor, offset: first * stride + layer.biases, stride, rows: 1, columns: layer.outputs }
}

/**
 * A model's initial parameters: weights uniform in ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010), biases 0. They
 * come from the words of the seed's stream, so that both backends begin with the same bits.
 */
export async function firstParameters(
  backend: Backend,
  layout: Layout,
  seed: number,
): Promise<Float32Array<ArrayBuffer>> {
  const words = backend.createTensor([1, layout.parameters], 'uint32')
  backend.randomBits(words, { seed, stream: streams.weights })
  const drawn = await backend.read(words)
  words.dispose()
  const parameters = new Float32Array(layout.parameters)
  for (const { inputs, outputs, weights } of [...layout.encoder, ...layout.decoder]) {
    const limit = Math.sqrt(6 / (inputs + outputs))
    for (let at = weights; at < weights + inputs * outputs; at++)
      parameters[at] = limit * (((drawn[at] >>> 8) + 0.5) * 2 ** -23 - 1)
  }
  return parameters
}
