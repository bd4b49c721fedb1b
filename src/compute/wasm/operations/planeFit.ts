import type { FitArguments, FitTarget } from '../../fits.ts'
import { f32, i32, usize } from '../../layout.ts'
import { checkPlaneComponents, checkPlaneFit, type PlaneComponent } from '../../operations/planeFit.ts'
import { planeNodes, planeTarget } from '../../planeGrid.ts'
import type { Owned } from '../../tensor.ts'
import { operation } from '../context.ts'
import type { KernelMemory } from '../memory.ts'
import { structure } from '../structure.ts'

const layout = structure('PlaneFit', {
  ...usize('state', 'history', 'nodes'),
  ...i32('nodeCount'),
  ...usize('points'),
  ...i32('pointCount'),
  ...usize('components'),
  ...i32('componentCount', 'totalFits', 'steps'),
  ...i32('divergence', 'optimizer', 'diagonal', 'fixedSigma'),
  ...f32('learningRate', 'tolerance'),
})

/** Nanoseconds that a node takes, about. */
const nodeCost = 3

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

export const createPlaneTarget = operation(
  checkPlaneComponents,
  ({ memory }, components) => new WasmPlaneTarget(memory, components),
)

export const planeFit = operation(
  (given, parameters: FitArguments) => checkPlaneFit(given, parameters, WasmPlaneTarget),
  (context, checked) => {
    const { target, state, history, rows, firstFit, fits, steps, divergence, optimizer } = checked
    const { diagonal, fixedSigma, learningRate, tolerance } = checked
    context.memory.withScratch(layout.size, (address) => {
      context.memory.write(address, layout, {
        state: state.address,
        history: history?.address ?? 0,
        ...target.fields,
        totalFits: rows,
        steps,
        divergence,
        optimizer,
        diagonal,
        fixedSigma,
        learningRate,
        tolerance,
      })
      context.share('planeFit', {
        ...{ items: fits, unit: 4, cost: nodeCost * target.quadraturePoints * Math.max(steps, 1) },
        call: (_, first, part) => [address, firstFit + first, part],
      })
    })
  },
)
