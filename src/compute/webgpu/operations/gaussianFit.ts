import source from '../../../../shaders/gaussianFit.wgsl?raw'
import { type FitArguments, type FitTarget, mostComponents } from '../../fits.ts'
import { f32, u32 } from '../../layout.ts'
import { lineBreakpoints, linePoints, nodesPerPanel, panelEdges, tailedEdges } from '../../lineGrid.ts'
import { checkComponents, checkGaussianFit, type MixtureComponent } from '../../operations/gaussianFit.ts'
import type { Owned } from '../../tensor.ts'
import type { Variant } from '../adapter.ts'
import { type Context, operation } from '../context.ts'
import { stepsWithin } from '../loops.ts'
import type { GpuTensor, Memory } from '../memory.ts'
import type { Kernel } from '../pipelines.ts'
import { whenReady } from '../queue.ts'
import { Shader } from '../shader.ts'

const fields = {
  components: 'array<vec4f, 6>',
  ...u32('firstFit', 'endFit', 'rows', 'firstStep', 'steps'),
  ...u32('firstBreakpoint', 'breakpoints', 'firstEdge', 'edges'),
  ...u32('optimizer', 'fixedSigma', 'hasHistory'),
  ...f32('alpha', 'learningRate', 'tolerance', 'infinity'),
} as const

const shader = new Shader('gaussianFit', source, fields)

/** Multiply-adds of a quadrature point, roughly: for each component, and besides. */
const componentWork = 30
const pointWork = 40

/** Iterations of a step's loops, besides one for each panel. */
const sortingIterations = 64

/** Fits that one workgroup takes, as in the kernel. */
const fitsPerWorkgroup = { register: 4, workgroup: 1 } as const

/**
 * Below so many fits one invocation each leaves most of a GPU idle, and a workgroup shares out each one's panels;
 * on an adapter that computes on the CPU a barrier costs more than that brings. The state's rows count, not the fits
 * of one call: both ways round differently, and how a run is sliced must not change it.
 */
const fewFits = 2048

/** First row and number of P's breakpoints, and of Q's. */
interface Grid {
  readonly ofP: readonly [first: number, count: number]
  readonly ofQ: readonly [first: number, count: number]
}

class GpuFitTarget implements FitTarget, Owned {
  readonly dimensions = 1
  readonly quadraturePoints: number
  /** P's breakpoints and Q's, without and with tails: rows of `breakpoints`. */
  readonly plain: Grid
  readonly tailed: Grid
  /** m, 1/s, log(w / √2π s), log w of each. */
  readonly components: readonly (readonly number[])[]
  /** P's as (anchor, offset), Q's as (0, multiple of σ). */
  readonly breakpoints: GPUBuffer
  disposed = false

  constructor(
    readonly memory: Memory,
    components: readonly MixtureComponent[],
  ) {
    const parts = [
      ...[panelEdges, tailedEdges].map((edges) =>
        lineBreakpoints(components, edges).map(({ anchor, offset }) => [anchor, offset]),
      ),
      ...[panelEdges, tailedEdges].map((edges) => edges.map((multiple) => [0, multiple])),
    ]
    const places = Float32Array.from(parts.flat(2))
    let next = 0
    const [plain, tailed, edges, farEdges] = parts.map(({ length }) => {
      next += length
      return [next - length, length] as const
    })
    this.plain = { ofP: plain, ofQ: edges }
    this.tailed = { ofP: tailed, ofQ: farEdges }
    this.quadraturePoints = linePoints(plain[1])
    this.components = components.map(({ weight, mean, sd }) => [
      ...[mean, 1 / sd, Math.log(weight / sd) - 0.5 * Math.log(2 * Math.PI), Math.log(weight)],
    ])
    this.breakpoints = memory.buffer('breakpoints of a target', places.byteLength, places)
  }

  /** Fits that were asked for before are still done. */
  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    this.memory.queue.retire(this.breakpoints)
  }
}

export const createFitTarget = operation(
  checkComponents,
  ({ memory }, components) => new GpuFitTarget(memory, components),
)

export const gaussianFit = operation(
  (given, parameters: FitArguments) => checkGaussianFit(given, parameters, GpuFitTarget),
  (context, fit) => {
    const { memory, queue, pipelines, forced, owner } = context
    const variant = forced ?? (owner.software || fit.rows >= fewFits ? 'register' : 'workgroup')
    const kernel = pipelines.get(shader, `${variant}Fit`, {
      divergence: fit.divergence,
      componentCount: fit.target.components.length,
    })
    // without a history something else has to be bound in its place
    const history = fit.history?.buffer ?? memory.scratch('no history', 16)
    queue.enqueue(() => whenReady(kernel, () => encode(context, kernel, variant, fit, history)))
  },
)

/** Records the steps, cut into dispatches that are each short enough for one submission. */
function encode(
  { queue }: Context,
  kernel: Kernel<typeof fields>,
  variant: Variant,
  fit: ReturnType<typeof checkGaussianFit<GpuTensor, GpuFitTarget>>,
  history: GPUBuffer,
): void {
  const { target, rows, optimizer, fixedSigma, alpha, learningRate, tolerance } = fit
  const perWorkgroup = fitsPerWorkgroup[variant]
  const [firstBreakpoint, breakpoints] = (fit.tails === 'P' ? target.tailed : target.plain).ofP
  const [firstEdge, edges] = (fit.tails === 'Q' ? target.tailed : target.plain).ofQ
  const points = nodesPerPanel * (breakpoints + edges - 1)
  const stepWork = points * (pointWork + componentWork * target.components.length)
  // a panel each, or what a lane has of sorting them; χ² has pairs of components
  const mostSteps = stepsWithin(breakpoints + edges + sortingIterations)
  const components = Array.from({ length: mostComponents }, (_, i) => target.components[i] ?? [0, 0, 0, 0])
  const end = fit.firstFit + fit.fits
  const fitsAtOnce = Math.max(1, Math.floor(queue.workLimit / (stepWork * perWorkgroup))) * perWorkgroup
  for (let firstFit = fit.firstFit; firstFit < end; firstFit += fitsAtOnce) {
    const endFit = Math.min(firstFit + fitsAtOnce, end)
    const work = stepWork * (endFit - firstFit)
    const stepsAtOnce = Math.min(mostSteps, Math.max(1, Math.floor(queue.workLimit / work)))
    // no steps are one evaluation
    for (let firstStep = 0; firstStep < Math.max(fit.steps, 1); firstStep += stepsAtOnce) {
      const steps = Math.min(stepsAtOnce, fit.steps - firstStep)
      queue.encode(kernel, {
        fields: {
          components: components.flat(),
          rows,
          firstBreakpoint,
          breakpoints,
          firstEdge,
          edges,
          optimizer,
          fixedSigma,
          hasHistory: fit.history !== undefined,
          alpha,
          learningRate,
          tolerance,
          infinity: Number.POSITIVE_INFINITY,
          firstFit,
          endFit,
          firstStep,
          steps,
        },
        buffers: [fit.state.buffer, history, target.breakpoints],
        workgroups: Math.ceil((endFit - firstFit) / perWorkgroup),
        work: work * Math.max(steps, 1),
      })
    }
  }
}
