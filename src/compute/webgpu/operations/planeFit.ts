import source from '../../../../shaders/planeFit.wgsl?raw'
import type { FitArguments, FitTarget } from '../../fits.ts'
import { f32, u32 } from '../../layout.ts'
import { checkPlaneComponents, checkPlaneFit, type PlaneComponent } from '../../operations/planeFit.ts'
import { planeNodes, planeTarget } from '../../planeGrid.ts'
import type { Owned } from '../../tensor.ts'
import { operation } from '../context.ts'
import { enqueueSteps, fitVariant } from '../fitSteps.ts'
import { stepsWithin } from '../loops.ts'
import type { Memory } from '../memory.ts'
import { Shader } from '../shader.ts'

const shader = new Shader('planeFit', source, {
  ...u32('fours', 'components', 'firstFit', 'endFit', 'totalFits', 'firstStep', 'steps'),
  ...u32('divergence', 'optimizer', 'diagonal', 'fixedSigma', 'keepsHistory'),
  ...f32('learningRate', 'tolerance'),
})

/** Multiply-adds of a node: for one component, and besides. */
const componentWork = 40
const nodeWork = 20

/** Iterations of a step's loops, besides those over the nodes. */
const otherIterations = 24

/** Fits of a workgroup where each invocation takes one. */
const width = 64
/** See `fitVariant`. */
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
  (context, fit) => {
    const { target, history, rows: totalFits, divergence, optimizer, diagonal, fixedSigma } = fit
    const { learningRate, tolerance } = fit
    const variant = fitVariant(context, fit, fewFits)
    const forward = divergence === 0
    const { buffer, fours } = forward ? target.points : target.nodes
    const components = target.componentCount
    const lanes = variant === 'register' ? 1 : width
    const iterations = Math.ceil(fours / lanes) * (forward ? 1 : 1 + 2 * (components + 1))
    enqueueSteps(context, fit, {
      kernel: context.pipelines.get(shader, `${variant}Fit`),
      stepWork: 4 * fours * (nodeWork + (forward ? 0 : componentWork * components)),
      mostSteps: stepsWithin(iterations + otherIterations),
      perWorkgroup: width / lanes,
      multiple: width,
      // without a history something else has to be bound in its place
      buffers: [
        ...[buffer, target.components, fit.state.buffer],
        history?.buffer ?? context.memory.scratch('no history', 16),
      ],
      fields: (firstFit, endFit, firstStep, steps) => ({
        fours,
        components,
        totalFits,
        divergence,
        optimizer,
        diagonal,
        fixedSigma,
        keepsHistory: history !== undefined,
        learningRate,
        tolerance,
        firstFit,
        endFit,
        firstStep,
        steps,
      }),
    })
  },
)
