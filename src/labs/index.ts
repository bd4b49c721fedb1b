/** Every lab that exists, in the order of the page's tabs. */
import { initLab } from './init/index.ts'
import { klLab } from './kl/index.ts'
import type { Lab } from './lab.ts'
import { trainingLab } from './training/index.ts'
import { vibLab } from './vib/index.ts'

export const labs: readonly Lab[] = [initLab, trainingLab, klLab, vibLab]
