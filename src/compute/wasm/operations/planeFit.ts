import type { FitTarget } from '../../fits.ts'
import { f32, i32, Layout, usize } from '../../layout.ts'
import {
  checkPlaneComponents,
  checkPlaneFit,
  type PlaneComponent,
  type PlaneFitOperations,
} from '../../operations/planeFit.ts'
import { planeNodes, planeTarget } from '../../planeGrid.ts'
import type { Owned } from '../../tensor.ts'
import type { Context } from '../context.ts'
import type { KernelMemory } from '../memory.ts'

/** Of the kernel's class `PlaneFit`. */
export const planeFitLayout = new Layout({
  ...usize('state', 'history', 'nodes'),
  ...i32('nodeCount'),
  ...usize('points'),
  ...i32('pointCount'),
  ...usize('components'),
  ...i32(
    'componentCount',
    'totalFits',
    'firstFit',
    'fits',
    'steps',
    'divergence',
    'optimizer',
    'diagonal',
    'fixedSigma',
  ),
  ...f32('learningRate', 'tolerance'),
})

/** Columns one after another, each filled with zeros to a multiple of four. */
function columns(rows: readonly (readonly number[])[]): Float32Array {
  const length = Math.ceil(rows.length / 4) * 4
  const laid = new Float32Array(length * rows[0].length)
  for (const [i, row] of rows.entries()) for (const [j, value] of row.entries()) laid[j * length + i] = value
  return laid
}

/** One block: components, then the nodes t, then P's own points. */
class WasmPlaneTarget implements FitTarget, Owned {
  readonly dimensions = 2
  readonly quadraturePoints: number
  disposed = false
  /** The fields of the kernel's class `PlaneFit` that say where it lies. */
  readonly fields: Record<
    'nodes' | 'nodeCount' | 'points' | 'pointCount' | 'components' | 'componentCount',
    number
  >
  private readonly address: number

  constructor(
    readonly memory: KernelMemory,
    given: readonly PlaneComponent[],
  ) {
    const grid = planeNodes()
    const { components, points } = planeTarget(given, grid)
    this.quadraturePoints = grid.length
    const parts = [
      Float32Array.from(components.flat()),
      columns(grid.map(({ x, y, weight }) => [x, y, weight])),
      columns(points),
    ]
    this.address = memory.allocate(parts.reduce((sum, { byteLength }) => sum + byteLength, 0))
    let next = this.address
    const [componentsAddress, nodes, pointsAddress] = parts.map((part) => {
      const start = next
      memory.float32(start, part.length).set(part)
      next += part.byteLength
      return start
    })
    this.fields = {
      nodes,
      nodeCount: parts[1].length / 3,
      points: pointsAddress,
      pointCount: parts[2].length / 4,
      components: componentsAddress,
      componentCount: components.length,
    }
  }

  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    this.memory.release(this.address)
  }
}

export const planeFit = (context: Context): PlaneFitOperations => ({
  createPlaneTarget(components) {
    checkPlaneComponents(context.given('createPlaneTarget'), components)
    return new WasmPlaneTarget(context.memory, components)
  },

  planeFit(parameters) {
    const { kernels, memory } = context
    const checked = checkPlaneFit(context.given('planeFit'), parameters, WasmPlaneTarget)
    const { target, state, history, rows, firstFit, fits, steps, divergence, optimizer } = checked
    const { diagonal, fixedSigma, learningRate, tolerance } = checked
    memory.withScratch(planeFitLayout.size, (address) => {
      memory.write(address, planeFitLayout, {
        state: state.address,
        history: history?.address ?? 0,
        ...target.fields,
        totalFits: rows,
        firstFit,
        fits,
        steps,
        divergence,
        optimizer,
        diagonal,
        fixedSigma,
        learningRate,
        tolerance,
      })
      kernels.planeFit(address)
    })
  },
})
