import type { FitTarget, GaussianFitArguments, MixtureComponent } from '../backend.ts'
import { type CheckedFit, checkComponents, checkFit, mostComponents } from '../fitArguments.ts'
import { lineBreakpoints, linePoints, nodesPerPanel, panelEdges, tailedEdges } from '../lineGrid.ts'
import { Arguments } from './arguments.ts'
import type { Context } from './context.ts'
import { stepsWithin } from './loops.ts'
import type { GpuTensor, Memory } from './memory.ts'
import { float, unsigned } from './queue.ts'
import type { Variant } from './variants.ts'

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

class GpuFitTarget implements FitTarget {
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
    given: readonly MixtureComponent[],
  ) {
    const components = checkComponents(new Arguments('createFitTarget', memory), given)
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

export class GaussianFit {
  constructor(private readonly context: Context) {}

  createTarget(components: readonly MixtureComponent[]): FitTarget {
    return new GpuFitTarget(this.context.memory, components)
  }

  run(parameters: GaussianFitArguments): void {
    const { memory, queue, pipelines, forced, owner } = this.context
    const given = new Arguments('gaussianFit', memory)
    const { target } = parameters
    if (!(target instanceof GpuFitTarget) || target.memory !== memory)
      throw new TypeError('gaussianFit: target was not made by this backend.')
    if (target.disposed) throw new Error('gaussianFit: target was disposed of and cannot be used.')
    const fit = checkFit<GpuTensor>(given, parameters, { state: 8, history: 4 })
    const variant = forced ?? (owner.software || fit.rows >= fewFits ? 'register' : 'workgroup')
    const kernel = pipelines.get('gaussianFit', `${variant}Fit`, {
      divergence: fit.divergence,
      componentCount: target.components.length,
    })
    // without a history something else has to be bound in its place
    const history = fit.history?.buffer ?? memory.scratch('no history', 16)
    queue.enqueue(() => {
      const encode = (pipeline: GPUComputePipeline) => this.encode(pipeline, variant, fit, target, history)
      return kernel.ready ? encode(kernel.ready) : kernel.compiled.then(encode)
    })
  }

  /** Records the steps, cut into dispatches that are each short enough for one submission. */
  private encode(
    pipeline: GPUComputePipeline,
    variant: Variant,
    fit: CheckedFit<GpuTensor>,
    target: GpuFitTarget,
    history: GPUBuffer,
  ): void {
    const { queue } = this.context
    const perWorkgroup = fitsPerWorkgroup[variant]
    const { ofP } = fit.tails === 'P' ? target.tailed : target.plain
    const { ofQ } = fit.tails === 'Q' ? target.tailed : target.plain
    const points = nodesPerPanel * (ofP[1] + ofQ[1] - 1)
    const stepWork = points * (pointWork + componentWork * target.components.length)
    // a panel each, or what a lane has of sorting them; χ² has pairs of components
    const mostSteps = stepsWithin(ofP[1] + ofQ[1] + sortingIterations)
    const components = Array.from({ length: mostComponents }, (_, i) => target.components[i] ?? [0, 0, 0, 0])
      .flat()
      .map(float)
    const endFit = fit.firstFit + fit.fits
    const fitsAtOnce = Math.max(1, Math.floor(queue.workLimit / (stepWork * perWorkgroup))) * perWorkgroup
    for (let firstFit = fit.firstFit; firstFit < endFit; firstFit += fitsAtOnce) {
      const end = Math.min(firstFit + fitsAtOnce, endFit)
      const work = stepWork * (end - firstFit)
      const stepsAtOnce = Math.min(mostSteps, Math.max(1, Math.floor(queue.workLimit / work)))
      // no steps are one evaluation
      for (let step = 0; step < Math.max(fit.steps, 1); step += stepsAtOnce) {
        const steps = Math.min(stepsAtOnce, fit.steps - step)
        queue.encode(pipeline, {
          parameters: [
            ...components,
            ...[firstFit, end, fit.rows, step, steps, ...ofP, ...ofQ].map(unsigned),
            ...[fit.optimizer, Number(fit.fixedSigma), Number(!!fit.history)].map(unsigned),
            ...[fit.alpha, fit.learningRate, fit.tolerance, Number.POSITIVE_INFINITY].map(float),
          ],
          buffers: [fit.state.buffer, history, target.breakpoints],
          workgroups: Math.ceil((end - firstFit) / perWorkgroup),
          work: work * Math.max(steps, 1),
        })
      }
    }
  }
}
