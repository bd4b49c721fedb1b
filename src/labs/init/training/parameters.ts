/** What a run of the training view is decided by, and which of its values may not be together. */
import type { Conflict, ParameterValues } from '../../lab.ts'
import { isTraining, type Scheme, schemeStd } from '../parameters.ts'
import { ownTextFacts } from './textChoice.ts'

export type Architecture = 'preNorm' | 'postNorm' | 'mlp'

export interface TrainingValues {
  readonly view: 'training'
  readonly text: 'stateOfTheUnion' | 'own'
  readonly architecture: Architecture
  readonly layers: number
  readonly heads: number
  readonly dModel: number
  readonly scheme1: Scheme
  readonly scheme2: Scheme
  readonly std: number
  readonly embeddingScale: 'one' | 'sqrtDModel'
  readonly vocab: number
  readonly context: number
  readonly batchSize: number
  readonly learningRate: number
  /** Gradient norm; 0 clips nothing. */
  readonly clip: number
  readonly race: boolean
  /** Steps; `raceBegin` is no guess. */
  readonly raceGuess: number
  readonly seed: number
}

/** Values that were validated against the table, with their types. */
export function typedTraining(values: ParameterValues): TrainingValues {
  return values as unknown as TrainingValues
}

/** The standard deviation of each model's embedding. */
export function embeddingStds({ scheme1, scheme2, dModel, std }: TrainingValues): readonly [number, number] {
  return [schemeStd(scheme1, dModel, std), schemeStd(scheme2, dModel, std)]
}

export function conflict(values: ParameterValues): Conflict | undefined {
  if (!isTraining(values)) return undefined
  const { text, architecture, dModel, heads } = typedTraining(values)
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
