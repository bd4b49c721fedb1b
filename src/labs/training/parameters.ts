/** The training lab's parameter table, and which of its values may not be together. */
import { shortestContext } from '../../data/textFacts.ts'
import { count } from '../common/count.ts'
import { schemeOptions, schemeStd } from '../common/schemes.ts'
import { type Conflict, defineParameters, type ParameterValues, type ValuesOf } from '../parameter.ts'
import { raceBegin } from './race.ts'
import { heldOutWords, longestContext, ownTextFacts, textFacts } from './textChoice.ts'

export type Architecture = 'preNorm' | 'postNorm' | 'mlp'

const hasLayers = (values: ParameterValues) => values.architecture !== 'mlp'

export const parameters = defineParameters([
  {
    id: 'race',
    kind: 'flag',
    label: 'race',
    default: false,
    help: 'A new run, which waits after 20 steps for your guess and ends when the slower model has come down to where the other was then.',
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
    asks: true,
    help: 'How many steps the slower model will need to come there; at 20 there is no guess yet, and playing waits for one. Whatever begins another race, as a new seed does, asks anew; a reset runs the same race with the guess set then. Keys on the slider count once Enter is pressed.',
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
    relevant: hasLayers,
  },
  {
    id: 'dModel',
    kind: 'logNumber',
    label: 'd_model',
    minimum: 64,
    maximum: 512,
    integer: true,
    step: 16,
    default: 128,
    help: 'Width of the model: entries in one word’s embedding.',
  },
  {
    id: 'scheme1',
    kind: 'choice',
    label: 'embedding std, first model',
    options: schemeOptions,
    default: 'unit',
    help: 'Standard deviation with which the first model’s embedding table is drawn.',
  },
  {
    id: 'scheme2',
    kind: 'choice',
    label: 'embedding std, second model',
    options: schemeOptions,
    default: 'inverseSqrt',
    help: 'The same of the second model, which shares all else: other weights, batches and learning rate.',
  },
  {
    id: 'std',
    kind: 'logNumber',
    label: 'custom std',
    minimum: 1e-4,
    maximum: 10,
    default: 0.1,
    help: 'The standard deviation that “custom” uses.',
    relevant: (values) => values.scheme1 === 'custom' || values.scheme2 === 'custom',
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
  },
  {
    id: 'vocab',
    kind: 'logNumber',
    label: 'vocabulary',
    unit: 'words',
    minimum: 50,
    maximum: 65536,
    integer: true,
    default: 4096,
    when: (values) => {
      const { differentWords } = textFacts(values)
      // the unknown word is one of them
      return { maximum: differentWords + 1, because: `the text has ${count(differentWords)} different words` }
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
      const held = count(heldOutWords(facts))
      const because = `the ${held} words of the text that are held out have no room for more, the word before and the word after it included`
      return maximum < 128 ? { maximum, because } : undefined
    },
    help: 'Words of a training sequence: as far as attention looks back.',
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
])

export type TrainingValues = ValuesOf<typeof parameters>

/** Values that were validated against the table, with their types. */
export function typed(values: ParameterValues): TrainingValues {
  return values as TrainingValues
}

/** The standard deviation of each model's embedding. */
export function embeddingStds({ scheme1, scheme2, dModel, std }: TrainingValues): readonly [number, number] {
  return [schemeStd(scheme1, dModel, std), schemeStd(scheme2, dModel, std)]
}

export function conflict(values: ParameterValues): Conflict<keyof TrainingValues> | undefined {
  const { text, architecture, dModel, heads } = typed(values)
  if (text === 'own' && !ownTextFacts())
    return {
      ids: ['text'],
      message:
        'text = own is not permitted before there is one: drop a text file on the page, or open it with the button in the panel.',
    }
  if (architecture !== 'mlp' && dModel % heads !== 0) {
    const below = dModel - (dModel % heads)
    return {
      ids: ['dModel', 'heads'],
      message: `dModel = ${dModel} is not permitted with heads = ${heads}: the heads share the width evenly; the nearest widths are ${below} and ${below + heads}.`,
    }
  }
  return undefined
}
