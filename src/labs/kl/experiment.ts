/** The KL lab's experiment: fits that descend on the line or in the plane, or two uniform distributions. */
import type { Backend } from '../../compute/backend.ts'
import type { Experiment, ExperimentModule } from '../experiment.ts'
import type { ParameterValues } from '../parameter.ts'
import { fluentStarts } from './calibration.ts'
import { DescentExperiment } from './descentExperiment.ts'
import { createHotLoop } from './hotLoop.ts'
import { LineFamily } from './lineFamily.ts'
import { parameters, typed } from './parameters.ts'
import { Parts } from './parts.ts'
import { PlaneFamily } from './planeFamily.ts'
import { UniformExperiment } from './uniformExperiment.ts'

async function createExperiment(
  backend: Backend,
  parameterValues: ParameterValues,
  previous?: Experiment,
): Promise<Experiment> {
  const values = typed(parameterValues)
  if (values.family === 'uniform') return new UniformExperiment(values)
  const inherits = previous instanceof DescentExperiment && previous.serves(values.family)
  const parts = inherits ? previous.handOver() : new Parts()
  const Family = values.family === 'gaussian1d' ? LineFamily : PlaneFamily
  return new DescentExperiment(new Family(backend, values, parts), parts).begin()
}

async function calibratedDefaults(
  backend: Backend,
  values: ParameterValues,
  given: ParameterValues,
): Promise<ParameterValues> {
  return 'starts' in given ? {} : { starts: await fluentStarts(backend, typed(values)) }
}

export const experimentModule: ExperimentModule = {
  parameters,
  divides: true,
  createExperiment,
  calibratedDefaults,
  createHotLoop,
}
