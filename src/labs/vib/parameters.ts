/** The VIB lab's parameter table; the panel, the address, validation and the console API all use it. */
import { choice, logNumber, number, seed, whole } from '../common/parameters.ts'
import {
  type Conflict,
  defineParameters,
  type NumberParameter,
  type ParameterValues,
  relevant,
  type ValuesOf,
} from '../parameter.ts'

export type Mode = 'one' | 'three' | 'sweep'
export type Preset = 'embedding' | 'sweep' | 'paper' | 'custom'

const isOne = (values: ParameterValues) => values.mode === 'one'
const isThree = (values: ParameterValues) => values.mode === 'three'
const isSweep = (values: ParameterValues) => values.mode === 'sweep'

function beta<Id extends string>(
  id: Id,
  label: string,
  start: number,
  help: string,
  more: Pick<NumberParameter, 'live' | 'relevant'>,
) {
  return logNumber(id, label, [1e-8, 1000], start, { help, ...more })
}

export const parameters = defineParameters([
  choice('preset', 'preset', 'embedding', {
    options: [
      { value: 'embedding', label: 'embedding in two dimensions' },
      { value: 'sweep', label: 'sweep over β' },
      { value: 'paper', label: 'as in the paper' },
      { value: 'custom', label: 'custom' },
    ],
    // the preset alone changes nothing: its values are filled in, and these restart the run
    live: true,
    help: 'Values that belong together. When you change one of them, the preset is custom.',
  }),
  choice('mode', 'models', 'one', {
    options: [
      { value: 'one', label: 'one β' },
      { value: 'three', label: 'three β side by side' },
      { value: 'sweep', label: 'a sweep of β' },
    ],
    help: 'Number of models that train side by side, and their β.',
  }),
  beta('beta', 'β', 1e-3, 'Price of a nat of information about the image, in nats of task loss.', {
    live: true,
    relevant: isOne,
  }),
  beta('beta1', 'first β', 1e-6, 'β of the first of three models.', { relevant: isThree }),
  beta('beta2', 'second β', 1e-3, 'β of the second of three models.', { relevant: isThree }),
  beta('beta3', 'third β', 100, 'β of the third of three models.', { relevant: isThree }),
  beta('betaMin', 'smallest β', 1e-6, 'The sweep’s first β.', { relevant: isSweep }),
  beta('betaMax', 'largest β', 100, 'The sweep’s last β.', { relevant: isSweep }),
  whole('betaCount', 'number of β', [2, 33], 17, {
    help: 'Number of values of β in the sweep, evenly spaced on a log scale, both ends included.',
    relevant: isSweep,
  }),
  whole('seeds', 'seeds', [1, 8], 4, {
    help: 'Models for each β of the sweep, each with its own training images, weights and noise.',
    relevant: isSweep,
  }),
  logNumber('latentDimensions', 'latent dimensions K', [2, 256], 2, {
    integer: true,
    help: 'Entries of the code Z between encoder and decoder.',
  }),
  logNumber('hiddenWidth', 'hidden width', [16, 1024], 256, {
    integer: true,
    help: 'Units in each hidden layer of the encoder.',
  }),
  whole('hiddenLayers', 'hidden layers', [1, 3], 2, {
    help: 'Hidden layers of the encoder.',
  }),
  number('decoderWidth', 'decoder width', [0, 512], 64, {
    integer: true,
    step: 16,
    help: 'Units in the decoder’s hidden layer; 0 makes the decoder linear, as in the paper.',
  }),
  logNumber('trainSize', 'training images', [500, 60000], 5000, {
    integer: true,
    help: 'Number of images that each model trains on, of the 60,000. The seed of the model draws them.',
  }),
  {
    id: 'pixels',
    kind: 'number',
    label: 'pixels a side',
    minimum: 14,
    maximum: 28,
    integer: true,
    values: [14, 28],
    step: 14,
    default: 14,
    help: 'Side of the images: 28 is the original size, 14 averages 2×2 pixels.',
  },
  number('batchSize', 'batch size', [10, 500], 100, {
    integer: true,
    step: 10,
    help: 'Images in one training step.',
  }),
  // so large that models of three wide layers leave the range of float32: a divergence can be shown
  logNumber('learningRate', 'learning rate', [1e-6, 100], 1e-3, {
    live: true,
    help: 'Step size of Adam at the start. Every two epochs it is multiplied by the decay. A model stops when it is too large.',
  }),
  number('learningRateDecay', 'learning rate decay', [0.5, 1], 0.97, {
    step: 0.01,
    help: 'Factor on the learning rate every two epochs.',
  }),
  number('adamBeta1', 'Adam’s β₁', [0, 0.999], 0.9, {
    step: 0.001,
    help: 'Share of the mean gradient that Adam keeps in each step.',
  }),
  whole('epochs', 'epochs', [1, 400], 30, {
    help: 'Playing ends after so many passes over the training images. After a change of β it ends after as many again.',
  }),
  whole('evaluationSamples', 'samples in evaluation', [1, 64], 12, {
    help: 'Samples of Z whose predictions are averaged for the validation error.',
  }),
  number('polyak', 'parameter averaging', [0, 0.9999], 0, {
    step: 0.001,
    help: 'Decay of the running average of the parameters, which is evaluated in their place. 0 evaluates the parameters themselves.',
  }),
  {
    ...seed,
    help: 'The seed decides the training images, weights, noise and order. The same seed gives the same run.',
  },
  whole('model', 'shown model', [-1, 263], -1, {
    live: true,
    help: 'The model of the sweep that is shown, counted in the order of β, then of seeds. −1 takes the model nearest to β = 0.01. Of three models it is the second one, unless you set 0 or 2.',
    relevant: isSweep,
    when: (values) => {
      if (!isSweep(values)) return undefined
      const models = Number(values.betaCount) * Number(values.seeds)
      return { maximum: models - 1, because: `the sweep has ${models} models` }
    },
  }),
  whole('image', 'shown image', [0, 9999], 0, {
    live: true,
    help: 'Which validation image goes through the diagram of the reparameterisation.',
  }),
])

export type VibValues = ValuesOf<typeof parameters>

/** Values that all presets share, so that their runs can be compared. */
const recipe = { evaluationSamples: 12, learningRateDecay: 0.97, adamBeta1: 0.9 } satisfies Partial<VibValues>

export const presets = {
  embedding: {
    ...recipe,
    mode: 'one',
    latentDimensions: 2,
    trainSize: 5000,
    pixels: 14,
    hiddenWidth: 256,
    hiddenLayers: 2,
    decoderWidth: 64,
    learningRate: 1e-3,
    batchSize: 100,
    epochs: 30,
    polyak: 0,
  },
  sweep: {
    ...recipe,
    mode: 'sweep',
    latentDimensions: 16,
    trainSize: 2000,
    pixels: 14,
    hiddenWidth: 256,
    hiddenLayers: 1,
    decoderWidth: 0,
    learningRate: 1e-3,
    batchSize: 100,
    epochs: 60,
    betaMin: 1e-6,
    betaMax: 100,
    betaCount: 17,
    seeds: 4,
    polyak: 0,
  },
  paper: {
    ...recipe,
    // a sweep of these models would train for days
    mode: 'one',
    latentDimensions: 256,
    trainSize: 60000,
    pixels: 28,
    hiddenWidth: 1024,
    hiddenLayers: 2,
    decoderWidth: 0,
    learningRate: 1e-4,
    // as in the authors’ notebook
    adamBeta1: 0.5,
    batchSize: 100,
    polyak: 0.999,
    epochs: 200,
  },
} as const satisfies Record<Exclude<Preset, 'custom'>, Partial<VibValues>>

/** Values that were validated against the table, with their types. */
export function typed(values: ParameterValues): VibValues {
  return values as VibValues
}

/** The values that decide a run. The others name a preset or choose what is shown, or these runs do not use them. */
export function deciding({ preset, model, image, ...values }: ParameterValues): ParameterValues {
  return relevant(parameters, values)
}

/** Whether the new values change the β of a model. Both must describe the same models. */
export function movesBeta(before: VibValues, after: VibValues): boolean {
  const known = betasOf(before)
  return betasOf(after).some((beta, model) => beta !== known[model])
}

/** β of every model, ordered by β, then seed. */
export function betasOf(values: VibValues): number[] {
  if (values.mode === 'one') return [values.beta]
  if (values.mode === 'three') return [values.beta1, values.beta2, values.beta3]
  const { betaMin, betaMax, betaCount, seeds } = values
  const ratio = Math.log(betaMax / betaMin) / (betaCount - 1)
  return Array.from({ length: betaCount * seeds }, (_, model) => {
    const index = Math.floor(model / seeds)
    // avoids 1.0000000000000003 · 10⁻⁴ in place of 10⁻⁴
    return index === betaCount - 1 ? betaMax : Number((betaMin * Math.exp(ratio * index)).toPrecision(12))
  })
}

/**
 * The model of the panels for one model: the chosen one, or the first seed's model nearest to β = 0.01; of three models
 * the one in the middle.
 */
export function shownModel(values: VibValues): number {
  const betas = betasOf(values)
  if (values.mode === 'three') return values.model >= 0 && values.model < 3 ? values.model : 1
  if (values.mode === 'one') return 0
  if (values.model >= 0) return Math.min(values.model, betas.length - 1)
  const distance = (model: number) => Math.abs(Math.log(betas[model] / 1e-2))
  let nearest = 0
  for (let model = 0; model < betas.length; model += values.seeds)
    if (distance(model) < distance(nearest)) nearest = model
  return nearest
}

/** Number of seeds. Models of the same seed share training images, weights and noise. */
export function seedCount(values: VibValues): number {
  return values.mode === 'sweep' ? values.seeds : 1
}

export function conflict(values: ParameterValues): Conflict<keyof VibValues> | undefined {
  const { betaMin, betaMax, batchSize, trainSize } = typed(values)
  if (!(betaMin < betaMax))
    return {
      ids: ['betaMin', 'betaMax'],
      message: `betaMin = ${betaMin} is not permitted with betaMax = ${betaMax}: betaMin is below betaMax, within 1e-8 to 1,000.`,
    }
  if (batchSize > trainSize)
    return {
      ids: ['batchSize', 'trainSize'],
      message: `batchSize = ${batchSize} is not permitted with trainSize = ${trainSize}: a batch is at most the training images.`,
    }
  return undefined
}
