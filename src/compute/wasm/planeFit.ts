/** Targets in the plane and the fits to them, in the kernels' memory. */
import type { FitTarget, GaussianFitArguments, PlaneComponent } from '../backend.ts'
import { checkPlaneFit } from '../planeFitArguments.ts'
import { planeNodes, planeTarget } from '../planeGrid.ts'
import type { KernelMemory } from './memory.ts'
import type { Arguments } from './tensor.ts'

/** Bytes of kernels/planeFit.ts's PlaneFit. */
const fitBytes = 72

/** Columns one after another, each filled with zeros to a multiple of four. */
function columns(rows: readonly (readonly number[])[]): Float32Array {
  const length = Math.ceil(rows.length / 4) * 4
  const laid = new Float32Array(length * rows[0].length)
  for (const [i, row] of rows.entries()) for (const [j, value] of row.entries()) laid[j * length + i] = value
  return laid
}

/** One block: components, then the nodes t, then P's own points. */
export class WasmPlaneTarget implements FitTarget {
  readonly dimensions = 2
  readonly quadraturePoints: number
  disposed = false
  /** Words of the kernel's PlaneFit: nodes, their count, points, their count, components, their count. */
  readonly words: readonly number[]
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
    const [componentsAt, nodesAt, pointsAt] = parts.map((part) => {
      const start = next
      memory.float32(start, part.length).set(part)
      next += part.byteLength
      return start
    })
    this.words = [
      ...[nodesAt, parts[1].length / 3, pointsAt, parts[2].length / 4],
      ...[componentsAt, components.length],
    ]
  }

  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    this.memory.release(this.address)
  }
}

function ownTarget(given: Arguments, memory: KernelMemory, target: FitTarget): WasmPlaneTarget {
  if (!(target instanceof WasmPlaneTarget) || target.memory !== memory) return given.foreign('target')
  if (target.disposed) return given.gone('target')
  return target
}

export function planeFit(given: Arguments, memory: KernelMemory, parameters: GaussianFitArguments): void {
  const target = ownTarget(given, memory, parameters.target)
  const checked = checkPlaneFit(given, parameters)
  const { state, history, rows, firstFit, fits, steps, divergence, optimizer } = checked
  memory.withScratch(fitBytes, (address) => {
    memory
      .uint32(address, 16)
      .set([
        ...[state.address, history?.address ?? 0, ...target.words, rows],
        ...[firstFit, fits, steps, divergence, optimizer],
        ...[Number(checked.diagonal), Number(checked.fixedSigma)],
      ])
    memory.float32(address + 64, 2).set([checked.learningRate, checked.tolerance])
    given.kernels.planeFit(address)
  })
}
