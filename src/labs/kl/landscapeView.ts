/** Draws an objective over μ and log σ as a surface, with the starts and the path of the shown fit. */

import { counted } from '../../count.ts'
import type { SurfaceContent } from '../../stage/contract.ts'
import { column } from '../common/column.ts'
import { spoken, spokenNats, spokenPlace } from '../common/spoken.ts'
import { roles } from './colours.ts'
import type { Landscape } from './frame.ts'
import { interpolate } from './lineCurves.ts'
import { type Fit, type Frame, nameOf, shownEnds, spokenName, unitOf } from './lineNames.ts'
import { five, nats } from './texts.ts'
import { basinRole, basinRolesOf } from './viewParts.ts'

/** Domain of the height: from a little below the smallest value up to the part above the valley. */
function heightDomain(values: Float32Array, logarithmic: boolean): [number, number] {
  const finite = values.filter(Number.isFinite)
  const least = finite.reduce((one, other) => Math.min(one, other), Infinity)
  const most = finite.reduce((one, other) => Math.max(one, other), -Infinity)
  if (finite.length === 0) return logarithmic ? [0.1, 1] : [0, 1]
  // the walls of χ² rise to 1e36: only four decades above the valley are shown
  if (logarithmic) {
    const valley = Math.max(least * 0.8, 1e-6)
    return [valley, Math.min(most, valley * 1e4)]
  }
  // a linear axis shows the valley, not the walls around it
  return [Math.min(0, least), Math.min(most, Math.max(4 * least, least + 5))]
}

export function landscapeContent(frame: Frame, landscape: Landscape, logarithmic: boolean): SurfaceContent {
  const { data } = frame
  const name: Fit = landscape.divergence === 'reverse' ? 'reverse' : 'third'
  const fit = name === 'reverse' ? data.reverse : (data.third ?? data.reverse)
  const objective = nameOf(name, frame)
  const sigma = landscape.logSigma.map(Math.exp)
  const height = (mu: number, logSigma: number) =>
    interpolate(landscape.mu, landscape.logSigma, landscape.values, mu, logSigma)
  const [pathMu, pathLogSigma] = [1, 2].map((index) => column(fit.path, 4, index))
  const [startMu, startLogSigma] = [0, 1].map((index) => column(data.particles, 2, index))
  const starts = startMu.length
  const curve = frame.told.anonymous ? 'q' : `q ${name}`
  const optima = shownEnds(name, fit, frame.told)
  const worth = unitOf(fit.divergence) ? spokenNats : spoken
  const ends = optima
    .map(
      ({ mu, sigma, divergence }) => `μ ${spokenPlace(mu, sigma)}, σ ${spoken(sigma)}, ${worth(divergence)}`,
    )
    .join('; ')
  // where the fit is, would tell which objective it is
  const where = frame.told.anonymous
    ? ''
    : ` The shown fit is at μ ${spokenPlace(fit.mu, fit.sigma)}, σ ${spoken(fit.sigma)}: ${worth(fit.value)}.`
  return {
    kind: 'surface',
    x: { label: 'μ', scale: 'linear', domain: [landscape.mu[0], landscape.mu[landscape.mu.length - 1]] },
    y: { label: 'σ', scale: 'log', domain: [sigma[0], sigma[sigma.length - 1]] },
    height: {
      label: objective,
      unit: unitOf(landscape.divergence),
      scale: logarithmic ? 'log' : 'linear',
      domain: heightDomain(landscape.values, logarithmic),
    },
    surfaces: [{ name: objective, role: 'neutral', x: landscape.mu, y: sigma, heights: landscape.values }],
    paths: [
      {
        name: 'shown fit',
        curve,
        role: roles[name],
        x: pathMu,
        y: pathLogSigma.map(Math.exp),
        heights: pathMu.map((mu, index) => height(mu, pathLogSigma[index])),
      },
    ],
    points: [
      {
        role: 'neutral',
        curve: 'starts',
        size: starts > 3000 ? 3 : 5,
        roles: frame.told.minima ? basinRolesOf(data.particleBasins) : undefined,
        x: startMu,
        y: startLogSigma.map(Math.exp),
        heights: startMu.map((mu, index) => height(mu, startLogSigma[index])),
      },
      {
        role: roles[name],
        curve,
        size: 11,
        emphasis: 0,
        x: [fit.mu],
        y: [fit.sigma],
        heights: [height(fit.mu, Math.log(fit.sigma))],
      },
      {
        name: optima.length > 0 ? 'minima' : undefined,
        role: 'theory',
        curve: 'minima',
        roles: optima.map((_, index) => basinRole(index)),
        size: 10,
        x: optima.map(({ mu }) => mu),
        y: optima.map((one) => one.sigma),
        heights: optima.map((one) => height(one.mu, Math.log(one.sigma))),
      },
    ],
    note:
      starts > 0
        ? `${counted(starts, 'start')}${frame.told.minima ? ', coloured by their end' : ''}`
        : undefined,
    description: `The height is ${spokenName(name, frame)}, over μ from ${spoken(landscape.mu[0])} to ${spoken(landscape.mu[landscape.mu.length - 1])} and σ from ${spoken(sigma[0])} to ${spoken(sigma[sigma.length - 1])}.${where} ${counted(starts, 'start')} on it.${ends && ` Local minima: ${ends}.`}`,
    hover: (mu, at) => `μ ${five(mu)}, σ ${five(at)}: ${nats(height(mu, Math.log(at)))}`,
  }
}

/** Keeps the arrays of `before` while the values are the same, so that the surface is built once. */
export function kept(before: Landscape | undefined, now: Landscape): Landscape {
  const same = (one: Float32Array, other: Float32Array) =>
    one.length === other.length && one.every((value, index) => Object.is(value, other[index]))
  return before &&
    same(before.values, now.values) &&
    same(before.mu, now.mu) &&
    same(before.logSigma, now.logSigma)
    ? before
    : now
}
