/** Fits on the line: P in the kernels' memory, and the call of the kernel. */
import type { FitTarget, GaussianFitArguments, MixtureComponent } from '../backend.ts'
import { checkComponents, checkFit } from '../fitArguments.ts'
import { lineBreakpoints, linePoints, panelEdges, tailedEdges } from '../lineGrid.ts'
import type { KernelMemory } from './memory.ts'
import type { Arguments } from './tensor.ts'

/** Fields of kernels/fitTask.ts's FitComponent, and bytes of its FitTask. */
const componentFields = 5
const taskBytes = 80

/** Numbers that lie one after another in the kernels' memory. */
interface List {
  readonly address: number
  readonly count: number
}

export class WasmFitTarget implements FitTarget {
  readonly dimensions = 1
  readonly quadraturePoints: number
  disposed = false
  readonly components: List
  /** P's breakpoints and Q's (as multiples of σ), each without and with tails. */
  readonly breakpoints: List
  readonly tailedBreakpoints: List
  readonly edges: List
  readonly tailedEdges: List

  constructor(
    given: Arguments,
    readonly memory: KernelMemory,
    components: readonly MixtureComponent[],
  ) {
    const rounded = checkComponents(given, components)
    const rows = rounded.flatMap(({ weight, mean, sd }) => {
      const logWeight = Math.log(weight)
      return [mean, sd, 1 / sd, logWeight, logWeight - Math.log(sd) - 0.5 * Math.log(2 * Math.PI)]
    })
    const [plain, tailed] = [panelEdges, tailedEdges].map((edges) =>
      lineBreakpoints(rounded, edges).map(({ anchor, offset }) => anchor + offset),
    )
    this.quadraturePoints = linePoints(plain.length)
    const parts = [rows, plain, tailed, panelEdges, tailedEdges]
    let next = memory.allocate(8 * parts.reduce((sum, { length }) => sum + length, 0))
    const lists = parts.map((part): List => {
      const address = next
      memory.float64(address, part.length).set(part)
      next += 8 * part.length
      return { address, count: part.length }
    })
    this.components = { address: lists[0].address, count: rows.length / componentFields }
    ;[, this.breakpoints, this.tailedBreakpoints, this.edges, this.tailedEdges] = lists
  }

  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    this.memory.release(this.components.address)
  }
}

export function gaussianFit(given: Arguments, memory: KernelMemory, parameters: GaussianFitArguments): void {
  const { target } = parameters
  if (!(target instanceof WasmFitTarget) || target.memory !== memory) given.foreign('target')
  if (target.disposed) given.gone('target')
  const fit = checkFit(given, parameters, { state: 8, history: 4 })
  const breakpoints = fit.tails === 'P' ? target.tailedBreakpoints : target.breakpoints
  const edges = fit.tails === 'Q' ? target.tailedEdges : target.edges
  const scratchBytes = given.kernels.gaussianFitScratch(breakpoints.count + edges.count - 1)
  memory.withScratch(taskBytes + scratchBytes, (task) => {
    const { components } = target
    memory
      .uint32(task, 15)
      .set([
        ...[components, breakpoints, edges].flatMap(({ address, count }) => [address, count]),
        ...[task + taskBytes, fit.state.address + 32 * fit.firstFit],
        ...(fit.history ? [fit.history.address + 16 * fit.firstFit, 16 * fit.rows] : [0, 0]),
        ...[fit.fits, fit.steps, fit.divergence, fit.optimizer, Number(fit.fixedSigma)],
      ])
    memory.float32(task + 60, 3).set([fit.alpha, fit.learningRate, fit.tolerance])
    given.kernels.gaussianFit(task)
  })
}
