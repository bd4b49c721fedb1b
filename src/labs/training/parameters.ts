/** The training lab's parameter table, and the combinations of values that are not permitted. */

import { count } from '../../count.ts'
import { shortestContext } from '../../data/textFacts.ts'
import {
  choice,
  dModel,
  flag,
  logNumber,
  number,
  scheme,
  seed,
  std,
  vocab,
  whole,
} from '../common/parameters.ts'
import { schemeStd } from '../common/schemes.ts'
import {
  type Conflict,
  defineParameters,
  type FileFacts,
  type ParameterValues,
  relevant,
  type ValuesOf,
} from '../parameter.ts'
import { raceBegin } from './race.ts'
import { heldOutWords, longestContext, textFacts } from './textChoice.ts'

export type Architecture = 'preNorm' | 'postNorm' | 'mlp'

const hasLayers = (values: ParameterValues) => values.architecture !== 'mlp'

export const parameters = defineParameters([
  flag('race', 'race', {
    help: 'A new run, which waits after 20 steps for your guess and ends when the slower model has come down to where the other was then.',
  }),
  logNumber('raceGuess', 'your guess', [raceBegin, 10000], raceBegin, {
    unit: 'steps',
    integer: true,
    live: true,
    asks: true,
    help: 'Your guess: the number of steps that the slower model needs to reach the goal. The value 20 means no guess, and playing waits for one. A new race, after a new seed for example, asks again. A reset runs the same race with your guess. Press Enter after you moved the slider by keys.',
    relevant: (values) => values.race === true,
  }),
  choice('text', 'text', 'stateOfTheUnion', {
    options: [
      { value: 'stateOfTheUnion', label: 'State of the Union' },
      { value: 'own', label: 'a file of your own' },
    ],
    help: 'The text that the models learn to continue.',
  }),
  choice('architecture', 'architecture', 'preNorm', {
    options: [
      { value: 'preNorm', label: 'Transformer, pre-norm' },
      { value: 'postNorm', label: 'Transformer, post-norm' },
      { value: 'mlp', label: 'two-word MLP' },
    ],
    help: 'The Transformer normalises before (pre-norm) or after (post-norm) each part of a layer. The MLP takes two words through one hidden layer and has no residual path.',
  }),
  whole('layers', 'layers', [1, 4], 1, {
    help: 'Layers of the Transformer. Each has attention and a feed-forward part of width 4·d_model.',
    relevant: hasLayers,
  }),
  {
    id: 'heads',
    kind: 'number',
    label: 'heads',
    minimum: 1,
    maximum: 16,
    integer: true,
    values: [1, 2, 4, 8, 16],
    default: 4,
    help: 'Heads of the attention. They share the width of the model evenly.',
    relevant: hasLayers,
  },
  {
    ...dModel,
    minimum: 64,
    maximum: 512,
    step: 16,
    default: 128,
  },
  {
    id: 'scheme1',
    ...scheme,
    label: 'embedding std, first model',
    default: 'unit',
    help: 'Standard deviation of the entries of the first model’s embedding table at the start.',
  },
  {
    id: 'scheme2',
    ...scheme,
    label: 'embedding std, second model',
    default: 'inverseSqrt',
    help: 'The same for the second model. All other weights, the batches and the learning rate are equal in both models.',
  },
  { ...std, relevant: (values) => values.scheme1 === 'custom' || values.scheme2 === 'custom' },
  choice('embeddingScale', 'multiply embeddings by', 'one', {
    options: [
      { value: 'one', label: '1' },
      { value: 'sqrtDModel', label: '√d_model' },
    ],
    help: 'Factor on the embeddings of the input. The original Transformer multiplies them by √d_model.',
  }),
  {
    ...vocab,
    minimum: 50,
    maximum: 65536,
    default: 4096,
    when: (values, file) => {
      const { differentWords } = textFacts(values, file)
      // the unknown word is one word of the vocabulary
      return { maximum: differentWords + 1, because: `the text has ${count(differentWords)} different words` }
    },
  },
  number('context', 'context', [shortestContext, 128], 64, {
    unit: 'words',
    integer: true,
    step: 8,
    when: (values, file) => {
      const facts = textFacts(values, file)
      const maximum = longestContext(facts)
      const held = count(heldOutWords(facts))
      const because = `the held-out part of the text has ${held} words, and a sequence also needs the word before it and the word after it`
      return maximum < 128 ? { maximum, because } : undefined
    },
    help: 'Number of words in a training sequence. Attention looks back as far.',
  }),
  whole('batchSize', 'sequences a batch', [1, 64], 8, {
    help: 'Number of sequences in a training step. Each step draws new ones from the text.',
  }),
  logNumber('learningRate', 'learning rate', [1e-5, 10], 1e-3, {
    live: true,
    help: 'Step size of Adam (β₁ 0.9, β₂ 0.999).',
  }),
  number('clip', 'clip gradients to', [0, 100], 0, {
    step: 0.5,
    live: true,
    help: 'A gradient with a larger norm is scaled down to this norm. 0 leaves gradients as they are.',
  }),
  seed,
])

export type TrainingValues = ValuesOf<typeof parameters>

/** Values that were validated against the table, with their types. */
export function typed(values: ParameterValues): TrainingValues {
  return values as TrainingValues
}

/** The values that decide a run on a text of natlab’s own. A file of the user’s may be another one the next time. */
export function deciding(values: ParameterValues): ParameterValues | undefined {
  return values.text === 'own' ? undefined : relevant(parameters, values)
}

/** The standard deviation of each model's embedding. */
export function embeddingStds({ scheme1, scheme2, dModel, std }: TrainingValues): readonly [number, number] {
  return [schemeStd(scheme1, dModel, std), schemeStd(scheme2, dModel, std)]
}

export function conflict(
  values: ParameterValues,
  file?: FileFacts,
): Conflict<keyof TrainingValues> | undefined {
  const { text, architecture, dModel, heads } = typed(values)
  if (text === 'own' && !file)
    return {
      ids: ['text'],
      message:
        'text = own is not permitted yet, because no text of your own is open. Drop a text file on the page, or open it with the button in the panel.',
    }
  if (architecture !== 'mlp' && dModel % heads !== 0) {
    const below = dModel - (dModel % heads)
    return {
      ids: ['dModel', 'heads'],
      message: `dModel = ${dModel} is not permitted with heads = ${heads}: the heads share the width evenly. The nearest widths are ${below} and ${below + heads}.`,
    }
  }
  return undefined
}
