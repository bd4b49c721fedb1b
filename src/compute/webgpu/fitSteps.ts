/** The steps of fits, on the line and in the plane. */
import type { checkFit } from '../fits.ts'
import type { Fields, Values } from '../layout.ts'
import type { Variant } from './adapter.ts'
import type { Context } from './context.ts'
import type { GpuTensor } from './memory.ts'
import type { Kernel } from './pipelines.ts'
import { whenReady } from './queue.ts'

type Fit = Pick<ReturnType<typeof checkFit<GpuTensor, never>>, 'firstFit' | 'fits' | 'rows' | 'steps'>

/**
 * From `fewFits` on, one invocation takes a fit. Fewer would leave most of a GPU idle: a workgroup shares each one's
 * sums out. On an adapter that computes on the CPU a barrier costs more than that brings. The state's rows count, not
 * the fits of one call: both ways round differently, and how a run is sliced must not change it.
 */
export const fitVariant = ({ forced, owner }: Context, { rows }: Fit, fewFits: number): Variant =>
  forced?.variant ?? (owner.software || rows >= fewFits ? 'register' : 'workgroup')

interface Steps<F extends Fields> {
  readonly kernel: Kernel<F>
  /** Multiply-adds of a step of one fit, roughly. */
  readonly stepWork: number
  /** Most steps of a dispatch. */
  readonly mostSteps: number
  /** Fits that a workgroup takes, and of which a dispatch has a multiple. */
  readonly perWorkgroup: number
  readonly multiple: number
  readonly buffers: readonly GPUBuffer[]
  /** Values of the fields for the dispatch of these fits and steps; no steps are one evaluation. */
  fields(firstFit: number, endFit: number, firstStep: number, steps: number): Values<F>
}

/** Enqueues the steps, cut into dispatches that are each short enough for one submission. */
export function enqueueSteps<F extends Fields>({ queue }: Context, fit: Fit, given: Steps<F>): void {
  const { kernel, stepWork, mostSteps, perWorkgroup, multiple, buffers, fields } = given
  const end = fit.firstFit + fit.fits
  const encode = () => {
    const fitsAtOnce = Math.max(1, Math.floor(queue.workLimit / (stepWork * multiple))) * multiple
    for (let firstFit = fit.firstFit; firstFit < end; firstFit += fitsAtOnce) {
      const endFit = Math.min(firstFit + fitsAtOnce, end)
      const work = stepWork * (endFit - firstFit)
      const stepsAtOnce = Math.min(mostSteps, Math.max(1, Math.floor(queue.workLimit / work)))
      for (let firstStep = 0; firstStep < Math.max(fit.steps, 1); firstStep += stepsAtOnce) {
        const steps = Math.min(stepsAtOnce, fit.steps - firstStep)
        queue.encode(kernel, {
          fields: fields(firstFit, endFit, firstStep, steps),
          buffers,
          workgroups: Math.ceil((endFit - firstFit) / perWorkgroup),
          work: work * Math.max(steps, 1),
        })
      }
    }
  }
  queue.enqueue(() => whenReady(kernel, encode))
}
