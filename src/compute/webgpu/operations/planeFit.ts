import source from '../../../../shaders/planeFit.wgsl?raw'
import type { FitArguments, FitTarget } from '../../fits.ts'
import { f32, u32 } from '../../layout.ts'
import { checkPlaneComponents, checkPlaneFit, type PlaneComponent } from '../../operations/planeFit.ts'
import { planeNodes, planeTarget } from '../../planeGrid.ts'
import type { Owned } from '../../tensor.ts'
import { type Context, operation } from '../context.ts'
import { stepsWithin } from '../loops.ts'
import type { GpuTensor, Memory } from '../memory.ts'
import type { Kernel } from '../pipelines.ts'
import { whenReady } from '../queue.ts'
import { Shader } from '../shader.ts'

const fields = {
  ...u32('fours', 'components', 'firstFit', 'endFit', 'totalFits', 'firstStep', 'steps'),
  ...u32('divergence', 'optimizer', 'diagonal', 'fixedSigma', 'keepsHistory'),
  ...f32('learningRate', 'tolerance'),
} as const

const shader = new Shader('planeFit', source, fields)

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

class GpuPlaneTarget implements FitTarget, Owned {
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

export const createPlaneTarget = operation(
  checkPlaneComponents,
  ({ memory }, components) => new GpuPlaneTarget(memory, components),
)

export const planeFit = operation(
  (given, parameters: FitArguments) => checkPlaneFit(given, parameters, GpuPlaneTarget),
  (context, checked) => {
    const { memory, queue, pipelines, forced, owner } = context
    const few = !owner.software && checked.rows < fewFits
    const variant = forced ?? (few ? 'workgroup' : 'register')
    const kernel = pipelines.get(shader, `${variant}Fit`)
    // without a history something else has to be bound in its place
    const history = checked.history?.buffer ?? memory.scratch('no history', 16)
    const perWorkgroup = variant === 'register' ? width : 1
    queue.enqueue(() => whenReady(kernel, () => encode(context, kernel, perWorkgroup, checked, history)))
  },
)

/** Records the steps, cut into dispatches that are each short enough for one submission. */
function encode(
  { queue }: Context,
  kernel: Kernel<typeof fields>,
  perWorkgroup: number,
  checked: ReturnType<typeof checkPlaneFit<GpuTensor, GpuPlaneTarget>>,
  history: GPUBuffer,
): void {
  const { target, state, rows: totalFits, firstFit: start, steps: allSteps } = checked
  const { divergence, optimizer, diagonal, fixedSigma, learningRate, tolerance } = checked
  const forward = divergence === 0
  const { buffer, fours } = forward ? target.points : target.nodes
  const components = target.componentCount
  const stepWork = 4 * fours * (nodeWork + (forward ? 0 : componentWork * components))
  const lanes = width / perWorkgroup
  const iterations = Math.ceil(fours / lanes) * (forward ? 1 : 1 + 2 * (components + 1))
  const mostSteps = stepsWithin(iterations + otherIterations)
  const fitsAtOnce = Math.max(width, Math.floor(queue.workLimit / stepWork / width) * width)
  const end = start + checked.fits
  for (let firstFit = start; firstFit < end; firstFit += fitsAtOnce) {
    const endFit = Math.min(firstFit + fitsAtOnce, end)
    const work = stepWork * (endFit - firstFit)
    const stepsAtOnce = Math.min(mostSteps, Math.max(1, Math.floor(queue.workLimit / work)))
    // no steps are one evaluation
    for (let firstStep = 0; firstStep < Math.max(allSteps, 1); firstStep += stepsAtOnce) {
      const steps = Math.min(stepsAtOnce, allSteps - firstStep)
      queue.encode(kernel, {
        fields: {
          fours,
          components,
          totalFits,
          divergence,
          optimizer,
          diagonal,
          fixedSigma,
          keepsHistory: checked.history !== undefined,
          learningRate,
          tolerance,
          firstFit,
          endFit,
          firstStep,
          steps,
        },
        buffers: [buffer, target.components, state.buffer, history],
        workgroups: Math.ceil((endFit - firstFit) / perWorkgroup),
        work: work * Math.max(steps, 1),
      })
    }
  }
}
