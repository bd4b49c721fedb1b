/** The init lab's parameter table: the panel, the address, validation and the console API all come from it. */
import { shortestContext } from '../../data/textFacts.ts'
import type { Parameter, ParameterValues } from '../lab.ts'
import { raceBegin } from './training/race.ts'
import { heldOutWords, longestContext, textFacts } from './training/textChoice.ts'

/** How the embedding's entries are drawn; `custom` takes the parameter `std`. */
export type Scheme = 'unit' | 'inverseSqrt' | 'gpt2' | 'custom'

/** The first loss alone, or the training that follows it. */
export type InitView = 'initial' | 'training'

/** The values that the initial view works with; those of the training view are `TrainingValues`. */
export interface InitValues {
  readonly dModel: number
  readonly vocab: number
  readonly tokens: number
  readonly scheme: Scheme
  readonly std: number
  readonly hidden: 'random' | 'tied'
  readonly alignment: number
  readonly seed: number
}

export const isTraining = (values: ParameterValues) => values.view === 'training'
const isInitial = (values: ParameterValues) => !isTraining(values)
const hasLayers = (values: ParameterValues) => values.architecture !== 'mlp'

const schemeOptions = [
  { value: 'unit', label: '1' },
  { value: 'inverseSqrt', label: '1/√d_model' },
  { value: 'gpt2', label: '0.02 (GPT-2)' },
  { value: 'custom', label: 'custom' },
]

export const parameters: readonly Parameter[] = [
  {
    id: 'view',
    kind: 'choice',
    label: 'view',
    options: [
      { value: 'initial', label: 'the first loss' },
      { value: 'training', label: 'training' },
    ],
    default: 'initial',
    reopens: { keeps: ['std', 'seed', 'text', 'learningRate'] },
    help: 'The first loss of a model as it is drawn, or two models that are trained side by side.',
  },
  {
    id: 'race',
    kind: 'flag',
    label: 'race',
    default: false,
    help: 'A new run, which waits after 20 steps for your guess and ends when the slower model has come down to where the other was then.',
    belongs: isTraining,
  },
  {
    id: 'raceGuess',
    kind: 'logNumber',
    label: 'your guess',
    unit: 'steps',
    minimum: raceBegin,
    maximum: 10000,
    integer: true,
    default: raceBegin,
    live: true,
    ofRun: true,
    onRelease: true,
    help: 'How many steps the slower model will need to come there; at 20 there is no guess yet, and playing waits for one. Whatever begins another race, as a new seed does, asks anew; a reset runs the same race with the guess set then. Keys on the slider count once Enter is pressed.',
    belongs: isTraining,
    relevant: (values) => values.race === true,
  },
  {
    id: 'text',
    kind: 'choice',
    label: 'text',
    options: [
      { value: 'stateOfTheUnion', label: 'State of the Union' },
      { value: 'own', label: 'a file of your own' },
    ],
    default: 'stateOfTheUnion',
    help: 'What the models learn to continue.',
    belongs: isTraining,
  },
  {
    id: 'architecture',
    kind: 'choice',
    label: 'architecture',
    options: [
      { value: 'preNorm', label: 'Transformer, pre-norm' },
      { value: 'postNorm', label: 'Transformer, post-norm' },
      { value: 'mlp', label: 'MLP of two words' },
    ],
    default: 'preNorm',
    help: 'Normalised before or after each part of a layer, or no Transformer: two words through one hidden layer, without a residual path.',
    belongs: isTraining,
  },
  {
    id: 'layers',
    kind: 'number',
    label: 'layers',
    minimum: 1,
    maximum: 4,
    integer: true,
    step: 1,
    default: 1,
    help: 'Layers of the Transformer, each attention and a feed-forward part of width 4·d_model.',
    belongs: isTraining,
    relevant: hasLayers,
  },
  {
    id: 'heads',
    kind: 'number',
    label: 'heads',
    minimum: 1,
    maximum: 16,
    integer: true,
    values: [1, 2, 4, 8, 16],
    default: 4,
    help: 'Heads of the attention, which share the width of the model evenly.',
    belongs: isTraining,
    relevant: hasLayers,
  },
  {
    id: 'dModel',
    kind: 'logNumber',
    label: 'd_model',
    minimum: 16,
    maximum: 4096,
    integer: true,
    default: 512,
    when: (values) =>
      isTraining(values) ? { minimum: 64, maximum: 512, step: 16, default: 128 } : undefined,
    help: 'Width of the model: entries in one word’s embedding.',
  },
  {
    id: 'scheme',
    kind: 'choice',
    label: 'embedding std',
    options: schemeOptions,
    default: 'unit',
    help: 'Standard deviation with which the entries of the embedding table are drawn.',
    belongs: isInitial,
  },
  {
    id: 'scheme1',
    kind: 'choice',
    label: 'embedding std, first model',
    options: schemeOptions,
    default: 'unit',
    help: 'Standard deviation with which the first model’s embedding table is drawn.',
    belongs: isTraining,
  },
  {
    id: 'scheme2',
    kind: 'choice',
    label: 'embedding std, second model',
    options: schemeOptions,
    default: 'inverseSqrt',
    help: 'The same of the second model, which shares all else: other weights, batches and learning rate.',
    belongs: isTraining,
  },
  {
    id: 'std',
    kind: 'logNumber',
    label: 'custom std',
    minimum: 1e-4,
    maximum: 10,
    default: 0.1,
    help: 'The standard deviation that “custom” uses.',
    relevant: (values) =>
      isTraining(values)
        ? values.scheme1 === 'custom' || values.scheme2 === 'custom'
        : values.scheme === 'custom',
  },
  {
    id: 'embeddingScale',
    kind: 'choice',
    label: 'embeddings times',
    options: [
      { value: 'one', label: '1' },
      { value: 'sqrtDModel', label: '√d_model' },
    ],
    default: 'one',
    help: 'What the input’s embeddings are multiplied by: the original Transformer takes √d_model.',
    belongs: isTraining,
  },
  {
    id: 'vocab',
    kind: 'logNumber',
    label: 'vocabulary',
    unit: 'words',
    minimum: 1000,
    maximum: 262144,
    integer: true,
    default: 50257,
    when: (values) => {
      if (!isTraining(values)) return undefined
      const { differentWords } = textFacts(values)
      return {
        minimum: 50,
        // the unknown word is one of them
        maximum: differentWords + 1,
        default: 4096,
        because: `the text has ${differentWords.toLocaleString('en-US')} different words`,
      }
    },
    help: 'Words in the vocabulary: rows of the embedding table, which is also the output head.',
  },
  {
    id: 'context',
    kind: 'number',
    label: 'context',
    unit: 'words',
    minimum: shortestContext,
    maximum: 128,
    integer: true,
    step: 8,
    default: 64,
    when: (values) => {
      const facts = textFacts(values)
      const maximum = longestContext(facts)
      const held = heldOutWords(facts).toLocaleString('en-US')
      const because = `the ${held} words of the text that are held out have no room for more, the word before and the word after it included`
      return maximum < 128 ? { maximum, because } : undefined
    },
    help: 'Words of a training sequence: as far as attention looks back.',
    belongs: isTraining,
  },
  {
    id: 'batchSize',
    kind: 'number',
    label: 'sequences a batch',
    minimum: 1,
    maximum: 64,
    integer: true,
    step: 1,
    default: 8,
    help: 'Sequences that one training step learns from; every step draws new ones from the text.',
    belongs: isTraining,
  },
  {
    id: 'learningRate',
    kind: 'logNumber',
    label: 'learning rate',
    minimum: 1e-5,
    maximum: 10,
    default: 1e-3,
    live: true,
    help: 'Step size of Adam (β₁ 0.9, β₂ 0.999).',
    belongs: isTraining,
  },
  {
    id: 'clip',
    kind: 'number',
    label: 'clip gradients to',
    minimum: 0,
    maximum: 100,
    step: 0.5,
    default: 0,
    live: true,
    help: 'A model’s gradient is scaled down to this norm where it is larger; 0 leaves it as it is.',
    belongs: isTraining,
  },
  {
    id: 'tokens',
    kind: 'number',
    label: 'tokens a batch',
    minimum: 8,
    maximum: 256,
    integer: true,
    step: 8,
    default: 64,
    help: 'Positions whose loss is measured in one step; every step draws a new batch.',
    belongs: isInitial,
  },
  {
    id: 'hidden',
    kind: 'choice',
    label: 'hidden state',
    options: [
      { value: 'random', label: 'random' },
      { value: 'tied', label: 'points at its input word' },
    ],
    default: 'random',
    help: 'The layer-normalised state before the head: random, or aligned with the input word’s own embedding.',
    belongs: isInitial,
  },
  {
    id: 'alignment',
    kind: 'number',
    label: 'alignment ρ',
    minimum: 0,
    maximum: 1,
    step: 0.01,
    default: 0.7,
    help: 'Cosine between the hidden state and the input word’s embedding.',
    belongs: isInitial,
    relevant: (values) => values.hidden === 'tied',
  },
  {
    id: 'seed',
    kind: 'number',
    label: 'seed',
    minimum: 0,
    maximum: 4294967295,
    integer: true,
    step: 1,
    default: 1,
    help: 'Decides every random draw: the same seed gives the same run.',
  },
]

/** Values that were validated against the table, with their types. */
export function typed(values: ParameterValues): InitValues {
  return values as unknown as InitValues
}

export const schemeLabels: Readonly<Record<Scheme, string>> = {
  unit: 'std 1',
  inverseSqrt: 'std 1/√d',
  gpt2: 'std 0.02',
  custom: 'custom std',
}

/** The standard deviation that a scheme gives at width d. */
export function schemeStd(scheme: Scheme, dModel: number, custom: number): number {
  switch (scheme) {
    case 'unit':
      return 1
    case 'inverseSqrt':
      return dModel ** -0.5
    case 'gpt2':
      return 0.02
    case 'custom':
      return custom
  }
}

/** What the chosen scheme is shown against: the fix, or the broken one when the fix itself is chosen. */
export function comparisonScheme(scheme: Scheme): Scheme {
  return scheme === 'inverseSqrt' ? 'unit' : 'inverseSqrt'
}
