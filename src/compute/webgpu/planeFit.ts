import type { FitTarget, GaussianFitArguments, PlaneComponent } from '../backend.ts'
import { type CheckedPlaneFit, checkPlaneFit } from '../planeFitArguments.ts'
import { planeNodes, planeTarget } from '../planeGrid.ts'
import { Arguments } from './arguments.ts'
import type { Context } from './context.ts'
import { stepsWithin } from './loops.ts'
import type { GpuTensor, Memory } from './memory.ts'
import { float, unsigned } from './queue.ts'

/** Multiply-adds of a node: for one component, and besides. */
const componentWork = 40
const nodeWork = 20

/** Iterations of a step's loops, besides those over the nodes. */
const otherIterations = 24

/** Fits of a workgroup where each invocation takes one. */
const width = 64
/**
 * Below this many, hardware would idle with one invocation a fit: a workgroup takes each. On a processor the
 * barriers cost more than they bring. The state's rows count, not the fits of one call: both ways round
 * differently, and how a run is sliced must not change it.
 */
const fewFits = 4096

interface NodeBuffer {
  readonly buffer: GPUBuffer
  /** Groups of four nodes; past the last node they are zeros, which have no weight. */
  readonly fours: number
}

/** Nodes (x, y, weight, log p): of each four, their x, then their y, and so on. */
function nodeBuffer(memory: Memory, label: string, nodes: readonly (readonly number[])[]): NodeBuffer {
  const fours = Math.ceil(nodes.length / 4)
  const data = new Float32Array(16 * fours)
  for (const [i, node] of nodes.entries())
    for (const [field, value] of node.entries()) data[16 * (i >> 2) + 4 * field + (i & 3)] = value
  return { buffer: memory.buffer(label, data.byteLength, data), fours }
}

class GpuPlaneTarget implements FitTarget {
  readonly dimensions = 2
  readonly quadraturePoints: number
  disposed = false
  /** What the reverse divergence is summed over, and the forward one. */
  readonly nodes: NodeBuffer
  readonly points: NodeBuffer
  /** Two vectors each. */
  readonly components: GPUBuffer
  readonly componentCount: number

  constructor(
    readonly memory: Memory,
    given: readonly PlaneComponent[],
  ) {
    const grid = planeNodes()
    const { components, points } = planeTarget(given, grid)
    this.quadraturePoints = grid.length
    this.componentCount = components.length
    this.nodes = nodeBuffer(
      memory,
      'nodes of the plane',
      grid.map(({ x, y, weight }) => [x, y, weight, 0]),
    )
    this.points = nodeBuffer(memory, "a target's points", points)
    const data = Float32Array.from(components.flat())
    this.components = memory.buffer("a target's components", data.byteLength, data)
  }

  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    for (const buffer of [this.nodes.buffer, this.points.buffer, this.components])
      this.memory.queue.retire(buffer)
  }
}

export class PlaneFit {
  constructor(private readonly context: Context) {}

  createTarget(components: readonly PlaneComponent[]): FitTarget {
    this.context.owner.checkAlive('createPlaneTarget')
    return new GpuPlaneTarget(this.context.memory, components)
  }

  run(parameters: GaussianFitArguments): void {
    const { memory, queue, pipelines, forced, owner } = this.context
    const given = new Arguments('planeFit', memory)
    const { target } = parameters
    if (!(target instanceof GpuPlaneTarget) || target.memory !== memory)
      throw new TypeError('planeFit: target was not made by this backend.')
    if (target.disposed) throw new Error('planeFit: target was disposed of and cannot be used.')
    const checked = checkPlaneFit<GpuTensor>(given, parameters)
    const few = !owner.software && checked.rows < fewFits
    const variant = forced ?? (few ? 'workgroup' : 'register')
    const kernel = pipelines.get('planeFit', `${variant}Fit`)
    // without a history something else has to be bound in its place
    const history = checked.history?.buffer ?? memory.scratch('no history', 16)
    const perWorkgroup = variant === 'register' ? width : 1
    queue.enqueue(() => {
      const encode = (pipeline: GPUComputePipeline) =>
        this.encode(pipeline, perWorkgroup, checked, target, history)
      return kernel.ready ? encode(kernel.ready) : kernel.compiled.then(encode)
    })
  }

  /** Records the steps, cut into dispatches that are each short enough for one submission. */
  private encode(
    pipeline: GPUComputePipeline,
    perWorkgroup: number,
    checked: CheckedPlaneFit<GpuTensor>,
    target: GpuPlaneTarget,
    history: GPUBuffer,
  ): void {
    const { queue } = this.context
    const { state, rows, firstFit, fits, steps, divergence, optimizer } = checked
    const flags = [checked.diagonal, checked.fixedSigma, checked.history !== undefined]
    const forward = divergence === 0
    const { buffer, fours } = forward ? target.points : target.nodes
    const stepWork = 4 * fours * (nodeWork + (forward ? 0 : componentWork * target.componentCount))
    const lanes = width / perWorkgroup
    const iterations = Math.ceil(fours / lanes) * (forward ? 1 : 1 + 2 * (target.componentCount + 1))
    const mostSteps = stepsWithin(iterations + otherIterations)
    const fitsAtOnce = Math.max(width, Math.floor(queue.workLimit / stepWork / width) * width)
    for (let first = firstFit; first < firstFit + fits; first += fitsAtOnce) {
      const end = Math.min(first + fitsAtOnce, firstFit + fits)
      const byWork = Math.max(1, Math.floor(queue.workLimit / (stepWork * (end - first))))
      const stepsAtOnce = Math.min(mostSteps, byWork)
      // no steps are one evaluation
      for (let step = 0; step < Math.max(steps, 1); step += stepsAtOnce)
        queue.encode(pipeline, {
          parameters: [
            ...[fours, target.componentCount, first, end, rows, step].map(unsigned),
            ...[Math.min(stepsAtOnce, steps - step), divergence, optimizer].map(unsigned),
            ...flags.map((flag) => unsigned(Number(flag))),
            ...[checked.learningRate, checked.tolerance].map(float),
          ],
          buffers: [buffer, target.components, state.buffer, history],
          workgroups: Math.ceil((end - first) / perWorkgroup),
          work: stepWork * (end - first) * Math.min(stepsAtOnce, Math.max(steps - step, 1)),
        })
    }
  }
}
