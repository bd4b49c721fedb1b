import source from '../../../../shaders/gaussianFit.wgsl?raw'
import { type FitArguments, type FitTarget, mostComponents } from '../../fits.ts'
import { f32, u32 } from '../../layout.ts'
import { lineBreakpoints, linePoints, nodesPerPanel, panelEdges, tailedEdges } from '../../lineGrid.ts'
import { checkComponents, checkGaussianFit, type MixtureComponent } from '../../operations/gaussianFit.ts'
import type { Owned } from '../../tensor.ts'
import { operation } from '../context.ts'
import { enqueueSteps, fitVariant } from '../fitSteps.ts'
import { stepsWithin } from '../loops.ts'
import type { Memory } from '../memory.ts'
import { Shader } from '../shader.ts'

const shader = new Shader('gaussianFit', source, {
  components: 'array<vec4f, 6>',
  ...u32('firstFit', 'endFit', 'rows', 'firstStep', 'steps'),
  ...u32('firstBreakpoint', 'breakpoints', 'firstEdge', 'edges'),
  ...u32('optimizer', 'fixedSigma', 'hasHistory'),
  ...f32('alpha', 'learningRate', 'tolerance', 'infinity'),
})

/** Multiply-adds of a quadrature point, roughly: for each component, and besides. */
const componentWork = 30
const pointWork = 40

/** Iterations of a step's loops, besides one for each panel. */
const sortingIterations = 64

/** Fits that one workgroup takes, as in the kernel. */
const fitsPerWorkgroup = { register: 4, workgroup: 1 } as const

/** See `fitVariant`. */
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
    const { target, history, rows, optimizer, fixedSigma, alpha, learningRate, tolerance } = fit
    const variant = fitVariant(context, fit, fewFits)
    const perWorkgroup = fitsPerWorkgroup[variant]
    const [firstBreakpoint, breakpoints] = (fit.tails === 'P' ? target.tailed : target.plain).ofP
    const [firstEdge, edges] = (fit.tails === 'Q' ? target.tailed : target.plain).ofQ
    const points = nodesPerPanel * (breakpoints + edges - 1)
    const components = Array.from({ length: mostComponents }, (_, i) => target.components[i] ?? [0, 0, 0, 0])
    enqueueSteps(context, fit, {
      kernel: context.pipelines.get(shader, `${variant}Fit`, {
        divergence: fit.divergence,
        componentCount: target.components.length,
      }),
      stepWork: points * (pointWork + componentWork * target.components.length),
      // a panel each, or what a lane has of sorting them; χ² has pairs of components
      mostSteps: stepsWithin(breakpoints + edges + sortingIterations),
      perWorkgroup,
      multiple: perWorkgroup,
      // without a history something else has to be bound in its place
      buffers: [
        fit.state.buffer,
        history?.buffer ?? context.memory.scratch('no history', 16),
        target.breakpoints,
      ],
      fields: (firstFit, endFit, firstStep, steps) => ({
        components: components.flat(),
        rows,
        firstBreakpoint,
        breakpoints,
        firstEdge,
        edges,
        optimizer,
        fixedSigma,
        hasHistory: history !== undefined,
        alpha,
        learningRate,
        tolerance,
        infinity: Number.POSITIVE_INFINITY,
        firstFit,
        endFit,
        firstStep,
        steps,
      }),
    })
  },
)
