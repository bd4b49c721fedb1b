/** Fits on the line: P in the kernels' memory, and the call of the kernel. */
import type { FitTarget, GaussianFitArguments, MixtureComponent } from '../backend.ts'
import { checkComponents, checkFit } from '../fitArguments.ts'
import { lineBreakpoints, linePoints, nodesPerPanel, panelEdges } from '../lineGrid.ts'
import type { KernelMemory } from './memory.ts'
import type { Arguments } from './tensor.ts'

/** Bytes of the structures of kernels/fitTask.ts: FitTarget, FitComponent, FitTask. */
const targetBytes = 24
const componentFields = 5
const taskBytes = 64

export class WasmFitTarget implements FitTarget {
  readonly dimensions = 1
  readonly quadraturePoints: number
  disposed = false
  readonly address: number

  constructor(
    given: Arguments,
    readonly memory: KernelMemory,
    components: readonly MixtureComponent[],
  ) {
    const rounded = checkComponents(given, components)
    const breakpoints = lineBreakpoints(rounded)
    const values = [
      ...rounded.flatMap(({ weight, mean, sd }) => {
        const logWeight = Math.log(weight)
        return [mean, sd, 1 / sd, logWeight, logWeight - Math.log(sd) - 0.5 * Math.log(2 * Math.PI)]
      }),
      ...breakpoints.map(({ anchor, offset }) => anchor + offset),
      ...panelEdges,
    ]
    this.quadraturePoints = linePoints(breakpoints.length)
    this.address = memory.allocate(targetBytes + 8 * values.length)
    const first = this.address + targetBytes
    const breakpoint = first + 8 * componentFields * rounded.length
    const edge = breakpoint + 8 * breakpoints.length
    memory
      .uint32(this.address, 6)
      .set([first, breakpoint, edge, rounded.length, breakpoints.length, panelEdges.length])
    memory.float64(first, values.length).set(values)
  }

  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    this.memory.release(this.address)
  }
}

export function gaussianFit(given: Arguments, memory: KernelMemory, parameters: GaussianFitArguments): void {
  const { target } = parameters
  if (!(target instanceof WasmFitTarget) || target.memory !== memory) given.foreign('target')
  if (target.disposed) given.gone('target')
  const fit = checkFit(given, parameters, { state: 8, history: 4 })
  const scratchBytes = given.kernels.gaussianFitScratch(target.quadraturePoints / nodesPerPanel) >>> 0
  const task = memory.allocate(taskBytes + scratchBytes)
  try {
    memory
      .uint32(task, 10)
      .set([
        ...[target.address, task + taskBytes, fit.state.address + 32 * fit.firstFit],
        ...(fit.history ? [fit.history.address + 16 * fit.firstFit, 16 * fit.rows] : [0, 0]),
        ...[fit.fits, fit.steps, fit.divergence, fit.optimizer, Number(fit.fixedSigma)],
      ])
    memory.float32(task + 40, 3).set([fit.alpha, fit.learningRate, fit.tolerance])
    given.kernels.gaussianFit(task)
  } finally {
    memory.release(task)
  }
}
