/** Curves of densities and integrands on the line, with more points where they are narrow. */
import type { Divergence, MixtureComponent } from '../../compute/backend.ts'
import { type Gaussian, reachOf } from './lattice.ts'
import { integrate, logMixture, logNormal } from './theory.ts'

export interface Curves {
  readonly x: Float64Array
  readonly p: Float64Array
  readonly q: Float64Array
  /** The objective's integrand, nats a unit of x. */
  readonly integrand: Float64Array
}

/** P with its tails, the start, and the Gaussians as far as P stays large enough in the picture. */
export function lineDomain(
  components: readonly MixtureComponent[],
  gaussians: readonly Gaussian[],
  start?: number,
): [number, number] {
  const [low, high] = reachOf(components, 4)
  const room = 1.5 * (high - low)
  const reach = ({ mean, sd }: Gaussian, side: number) => mean + side * Math.min(2.5 * sd, room / 2)
  const from = Math.max(low - room, Math.min(low, ...gaussians.map((one) => reach(one, -1))))
  const to = Math.min(high + room, Math.max(high, ...gaussians.map((one) => reach(one, 1))))
  if (start === undefined) return [from, to]
  // at any distance: a start outside the picture could not be dragged back
  const margin = 0.03 * (Math.max(to, start) - Math.min(from, start))
  return [Math.min(from, start - margin), Math.max(to, start + margin)]
}

/** Height below 0 for the negative part of an integrand, as a share of the height above. */
const below = 0.3

/** What the window of the plots must show of a fit. */
export interface Windowed {
  readonly minima: readonly Gaussian[]
  readonly mean: number
}

/**
 * The window that all plots of densities share, so that P looks the same in each. Handles lie in it and must not move
 * while the run plays. So it depends on P, the start and the minima, and on a fit only once its mean lies outside.
 */
export function plotDomains(
  components: readonly MixtureComponent[],
  start: Gaussian,
  fits: readonly Windowed[],
  mayBeNegative: boolean,
): { readonly x: [number, number]; readonly y: [number, number] } {
  const known = [start, ...fits.flatMap(({ minima }) => minima)]
  const near = lineDomain(components, known, start.mean)
  const beyond = fits.flatMap(({ mean }) => (mean < near[0] ? [-Infinity] : mean > near[1] ? [Infinity] : []))
  const outside = beyond.map((mean) => ({ mean, sd: 0 }))
  // P is highest at a mode, or between two modes that have merged
  const summits = components.flatMap((one) => components.map((other) => (one.mean + other.mean) / 2))
  const peak = Math.max(...summits.map((at) => Math.exp(logMixture(components, at))))
  const narrowest = Math.min(...known.map(({ sd }) => sd))
  const top = 1.15 * Math.max(peak, Math.min(Math.exp(logNormal(0, 0, narrowest)), 2.5 * peak))
  return {
    x: lineDomain(components, [...known, ...outside], start.mean),
    y: [mayBeNegative ? -below * top : 0, top],
  }
}

/** Points at 240 even steps, and at quarters of a standard deviation about every Gaussian. */
function samples([low, high]: readonly [number, number], gaussians: readonly Gaussian[]): Float64Array {
  const even = Array.from({ length: 241 }, (_, index) => low + ((high - low) * index) / 240)
  const near = gaussians.flatMap(({ mean, sd }) =>
    Array.from({ length: 41 }, (_, index) => mean + ((index - 20) / 4) * sd),
  )
  return Float64Array.from([...even, ...near.filter((x) => x > low && x < high)]).sort()
}

/** Like the divergence, but at the ends of α, where D_α is one of the KLs, that KL. */
export function atEndsOfAlpha(divergence: Divergence, alpha: number): Divergence {
  if (divergence !== 'alpha') return divergence
  return alpha === 0 ? 'reverse' : alpha === 1 ? 'forward' : 'alpha'
}

/** A divergence's integrand, from log densities; nats a unit of x. */
function integrandOf(divergence: Divergence, alpha: number): (logP: number, logQ: number) => number {
  if (divergence === 'chiSquared')
    return (logP, logQ) => Math.exp(2 * logP - logQ) - 2 * Math.exp(logP) + Math.exp(logQ)
  const kind = atEndsOfAlpha(divergence, alpha)
  const here = { value: 0, weight: 0 }
  return (logP, logQ) => {
    integrate(kind, logP, logQ, alpha, here)
    return here.value
  }
}

export function lineCurves(
  components: readonly MixtureComponent[],
  mu: number,
  sigma: number,
  divergence: Divergence,
  alpha: number,
  domain: readonly [number, number],
): Curves {
  const x = samples(domain, [...components, { mean: mu, sd: sigma }])
  const logP = x.map((value) => logMixture(components, value))
  const logQ = x.map((value) => logNormal(value, mu, sigma))
  const integrand = integrandOf(divergence, alpha)
  return {
    x,
    p: logP.map(Math.exp),
    q: logQ.map(Math.exp),
    integrand: x.map((_, index) => integrand(logP[index], logQ[index])),
  }
}

/** Height of a lattice of values at (x, y) by bilinear interpolation; NaN outside. */
export function interpolate(
  columns: Float32Array,
  rows: Float32Array,
  values: Float32Array,
  x: number,
  y: number,
): number {
  const place = (edges: Float32Array, value: number) =>
    ((value - edges[0]) / (edges[edges.length - 1] - edges[0])) * (edges.length - 1)
  const column = place(columns, x)
  const row = place(rows, y)
  if (!(column >= 0 && row >= 0 && column <= columns.length - 1 && row <= rows.length - 1)) return Number.NaN
  const left = Math.min(Math.floor(column), columns.length - 2)
  const below = Math.min(Math.floor(row), rows.length - 2)
  const at = (i: number, j: number) => values[(below + j) * columns.length + left + i]
  const [u, v] = [column - left, row - below]
  return (1 - v) * ((1 - u) * at(0, 0) + u * at(1, 0)) + v * ((1 - u) * at(0, 1) + u * at(1, 1))
}
