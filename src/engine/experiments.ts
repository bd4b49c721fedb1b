/** The experiments of all labs; each is loaded when its lab opens. */
import type { ExperimentModule } from '../labs/experiment.ts'
import { loadPart } from '../part.ts'

const experiment = (load: () => Promise<{ readonly experimentModule: ExperimentModule }>) => async () =>
  (await loadPart('The code of this lab', load)).experimentModule

export const experiments: Readonly<Record<string, () => Promise<ExperimentModule>>> = {
  init: experiment(() => import('../labs/init/experiment.ts')),
  training: experiment(() => import('../labs/training/experiment.ts')),
  kl: experiment(() => import('../labs/kl/experiment.ts')),
  vib: experiment(() => import('../labs/vib/experiment.ts')),
}
