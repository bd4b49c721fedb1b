/** The experiments of all labs; each is loaded when its lab opens. */
import type { ExperimentModule } from '../labs/experiment.ts'

export const experiments: Readonly<Record<string, () => Promise<ExperimentModule>>> = {
  init: () => import('../labs/init/experiment.ts').then((module) => module.experimentModule),
  training: () => import('../labs/training/experiment.ts').then((module) => module.experimentModule),
  kl: () => import('../labs/kl/experiment.ts').then((module) => module.experimentModule),
  vib: () => import('../labs/vib/experiment.ts').then((module) => module.experimentModule),
}
