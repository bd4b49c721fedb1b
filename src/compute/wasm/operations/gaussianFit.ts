import type { FitArguments, FitTarget } from '../../fits.ts'
import { f32, i32, usize } from '../../layout.ts'
import { lineBreakpoints, linePoints, panelEdges, tailedEdges } from '../../lineGrid.ts'
import { checkComponents, checkGaussianFit, type MixtureComponent } from '../../operations/gaussianFit.ts'
import type { Owned } from '../../tensor.ts'
import { operation } from '../context.ts'
import type { KernelMemory } from '../memory.ts'
import { structure } from '../structure.ts'

const layout = structure('FitTask', {
  ...usize('components'),
  ...i32('componentCount'),
  ...usize('breakpoints'),
  ...i32('breakpointCount'),
  ...usize('edges'),
  ...i32('edgeCount'),
  ...usize('state', 'history', 'historyStride'),
  ...i32('steps', 'divergence', 'optimizer', 'fixedSigma'),
  ...f32('alpha', 'learningRate', 'tolerance'),
})

/** Bytes of a row of `state`, and of `history`. */
const [stateBytes, historyBytes] = [32, 16]

/** Nanoseconds that a panel of the quadrature takes, about. */
const nodeCost = 100

/** Fields of the kernel's class `FitComponent`. */
const componentFields = 5

/** Numbers that lie one after another in the kernels' memory. */
interface List {
  readonly address: number
  readonly count: number
}

class WasmFitTarget implements FitTarget, Owned {
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
    readonly memory: KernelMemory,
    components: readonly MixtureComponent[],
  ) {
    const rows = components.flatMap(({ weight, mean, sd }) => {
      const logWeight = Math.log(weight)
      return [mean, sd, 1 / sd, logWeight, logWeight - Math.log(sd) - 0.5 * Math.log(2 * Math.PI)]
    })
    const [plain, tailed] = [panelEdges, tailedEdges].map((edges) =>
      lineBreakpoints(components, edges).map(({ anchor, offset }) => anchor + offset),
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

export const createFitTarget = operation(
  checkComponents,
  ({ memory }, components) => new WasmFitTarget(memory, components),
)

export const gaussianFit = operation(
  (given, parameters: FitArguments) => checkGaussianFit(given, parameters, WasmFitTarget),
  (context, fit) => {
    const { kernels, memory } = context
    const { target, history, firstFit, fits, steps, divergence, optimizer, fixedSigma } = fit
    const { alpha, learningRate, tolerance } = fit
    const breakpoints = fit.tails === 'P' ? target.tailedBreakpoints : target.breakpoints
    const edges = fit.tails === 'Q' ? target.tailedEdges : target.edges
    const panels = breakpoints.count + edges.count - 1
    memory.withScratch(layout.size, (task) => {
      memory.write(task, layout, {
        components: target.components.address,
        componentCount: target.components.count,
        breakpoints: breakpoints.address,
        breakpointCount: breakpoints.count,
        edges: edges.address,
        edgeCount: edges.count,
        state: fit.state.address + stateBytes * firstFit,
        history: history ? history.address + historyBytes * firstFit : 0,
        historyStride: history ? historyBytes * fit.rows : 0,
        steps,
        divergence,
        optimizer,
        fixedSigma,
        alpha,
        learningRate,
        tolerance,
      })
      context.share('gaussianFit', {
        ...{ items: fits, unit: 4, cost: nodeCost * panels * Math.max(steps, 1) },
        scratch: kernels.gaussianFitScratch(panels) >>> 0,
        call: (_, first, part, scratch) => [task, first, part, scratch],
      })
    })
  },
)
