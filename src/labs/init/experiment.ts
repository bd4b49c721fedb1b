/** The init lab's run, one kind a view: the first loss of a model as it is drawn, or two models that are trained. */
import type { ExperimentModule } from '../lab.ts'
import { createHotLoop } from './hotLoop.ts'
import { createInitialExperiment, initialDefaults } from './initialExperiment.ts'
import { isTraining, parameters } from './parameters.ts'

/** Loaded when it is needed: what trains, and what packs and reads texts. */
const training = () => import('./training/module.ts').then((module) => module.training)

export const experimentModule: ExperimentModule = {
  parameters,
  async createExperiment(backend, values, previous) {
    if (!isTraining(values)) return createInitialExperiment(backend, values, previous)
    return (await training()).createExperiment(backend, values)
  },
  async calibratedDefaults(backend, values, given) {
    if (!isTraining(values)) return initialDefaults(backend, values, given)
    return (await training()).calibratedDefaults(backend, values, given)
  },
  async createHotLoop(backend, values) {
    if (!isTraining(values)) return createHotLoop(backend, values)
    return (await training()).createHotLoop(backend, values)
  },
  async provide(name, bytes) {
    return (await training()).takeText(name, bytes)
  },
}
