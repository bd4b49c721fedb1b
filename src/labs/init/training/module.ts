/** What the training view computes, in one place to be loaded from. */
import { keepOwnText, readText } from '../../../data/text.ts'
import type { ExperimentModule } from '../../lab.ts'
import { trainingDefaults } from './calibration.ts'
import { TrainingExperiment } from './experiment.ts'
import { createHotLoop } from './hotLoop.ts'
import { typedTraining } from './parameters.ts'
import { noteOwnText, type TextFacts } from './textChoice.ts'

/** The user's own text for the runs to come. Throws a RangeError that says why it cannot be used. */
function takeText(name: string, bytes: Uint8Array): TextFacts {
  const text = readText(name, bytes)
  keepOwnText(text)
  const facts = { name, words: text.ids.length, differentWords: text.words.length }
  noteOwnText(facts)
  return facts
}

export const training = {
  createExperiment: async (backend, values) => new TrainingExperiment(backend, typedTraining(values)),
  calibratedDefaults: (backend, values, given) => trainingDefaults(backend, typedTraining(values), given),
  createHotLoop: (backend, values) => createHotLoop(backend, typedTraining(values)),
  takeText,
} satisfies Partial<ExperimentModule> & { takeText: unknown }
