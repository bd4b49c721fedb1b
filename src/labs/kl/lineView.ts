/** Draws the KL lab on the line: the fits over P, the descent, the landscape with its starts, and the basins. */
import type { Divergence, MixtureComponent } from '../../compute/backend.ts'
import type { ChartContent, Handle, HandleEvent, Mark, Stage, SurfaceContent } from '../../stage/contract.ts'
import type { ParameterValues, ViewActions, ViewFrame } from '../lab.ts'
import type { PanelSet } from '../panelSet.ts'
import { formatComponents, mostComponents } from './components.ts'
import type { Landscape, LineFit, LineFrame } from './frame.ts'
import { interpolate, lineCurves, lineDomain } from './lineCurves.ts'
import { type KlValues, typed } from './parameters.ts'
import { lineComponents } from './targets.ts'
import { logMixture } from './theory.ts'
import {
  basinRole,
  basinRolesOf,
  basinsContent,
  clamp,
  count,
  descentContent,
  five,
  meanText,
  modeActions,
  modeOf,
  nats,
  placeApart,
  placed,
  roles,
} from './viewParts.ts'

type Frame = ViewFrame<LineFrame>
type Fit = 'forward' | 'reverse' | 'third'

const thirdNames = {
  none: '',
  jeffreys: 'Jeffreys',
  jensenShannon: 'Jensen–Shannon',
  alpha: 'α-divergence',
  chiSquared: 'χ²(P‖Q)',
} as const

function nameOf(fit: Fit, frame: Frame): string {
  if (fit === 'forward') return 'KL(P‖Q)'
  if (fit === 'reverse') return 'KL(Q‖P)'
  const { third, alpha } = typed(frame.values)
  return third === 'alpha' ? `D with α = ${five(alpha)}` : thirdNames[third]
}

const unitOf = (divergence: Divergence) =>
  divergence === 'alpha' || divergence === 'chiSquared' ? undefined : 'nats'

/** Where P's modes are taken hold of, and where Q starts. */
function handles({ data, values }: Frame): Handle[] {
  const { components } = data
  const { mu0, sigma0 } = typed(values)
  return [
    ...components.map(
      ({ weight, mean, sd }, index): Handle => ({
        id: `mode:${index}`,
        x: mean,
        y: Math.exp(logMixture(components, mean)),
        role: 'target',
        label: `mode ${index + 1} of P: mean ${five(mean)}, sd ${five(sd)}, weight ${five(weight)}`,
        moves: 'x',
        step: 0.1 * sd,
      }),
    ),
    {
      id: 'start',
      x: mu0,
      y: 0,
      role: 'neutral',
      label: `start of Q: μ ${five(mu0)}, σ ${five(sigma0)}`,
      moves: 'x',
      step: 0.1 * sigma0,
    },
  ]
}

function plotContent(name: Fit, fit: LineFit, frame: Frame, shaded: boolean): ChartContent {
  const { data, values } = frame
  const { components } = data
  const { mu0, sigma0, alpha } = typed(values)
  const domain = lineDomain(
    components,
    [
      { mean: mu0, sd: sigma0 },
      { mean: fit.mu, sd: fit.sigma },
    ],
    mu0,
  )
  const { x, p, q, integrand } = lineCurves(components, fit.mu, fit.sigma, fit.divergence, alpha, domain)
  const ghost = (mu: number, sigma: number) =>
    lineCurves(components, mu, sigma, fit.divergence, alpha, domain)
  const peak = Math.max(...p)
  const top = 1.15 * Math.max(peak, Math.min(Math.max(...q), 2.5 * peak))
  const lowest = Math.min(...integrand)
  const objective = nameOf(name, frame)
  const shades: Mark[] = shaded
    ? [
        {
          kind: 'area',
          name: 'integrand',
          role: roles[name],
          opacity: 0.55,
          x,
          y: integrand.map((one) => Math.max(0, one)),
          baseline: 0,
        },
        {
          kind: 'area',
          name: 'integrand below 0',
          legend: false,
          role: 'neutral',
          x,
          y: integrand.map((one) => Math.min(0, one)),
          baseline: 0,
        },
      ]
    : []
  const ghosts = fit.optima.map(({ mu, sigma }, index): Mark => {
    const curve = ghost(mu, sigma)
    return {
      kind: 'line',
      name: index > 0 ? undefined : name === 'forward' ? 'moment match' : 'local minima',
      role: 'theory',
      dashed: true,
      opacity: index === 0 ? 1 : 0.6,
      x: curve.x,
      y: curve.q,
    }
  })
  const beyond = fit.mu < domain[0] || fit.mu > domain[1] ? ', beyond the picture' : ''
  const at = placed(fit.mu, fit.sigma) + beyond
  return {
    x: { label: 'x', scale: 'linear', domain },
    y: {
      label: 'density',
      scale: 'linear',
      domain: [shaded ? Math.max(-0.35 * top, Math.min(0, lowest)) : 0, top],
    },
    marks: [
      { kind: 'area', name: 'P', role: 'target', x, y: p, baseline: 0 },
      ...shades,
      ...ghosts,
      { kind: 'line', name: 'Q', role: roles[name], x, y: q, width: 2 },
    ],
    handles: handles(frame),
    note: fit.diverged
      ? `diverged at ${at}: lower the learning rate, then reset`
      : Number.isFinite(fit.value)
        ? `${objective} = ${five(fit.value)} at ${at}`
        : `${objective} = ∞ at ${at}: no slope to descend, start broader`,
    description: `P with ${components.length} modes and Q fitted by ${objective}: ${at}, ${nats(fit.value)}.`,
    format: five,
  }
}

/** Heights for a logarithmic axis: from a little below the smallest to the largest. */
function heightDomain(values: Float32Array, logarithmic: boolean): [number, number] {
  const finite = values.filter(Number.isFinite)
  const least = finite.reduce((one, other) => Math.min(one, other), Infinity)
  const most = finite.reduce((one, other) => Math.max(one, other), -Infinity)
  if (finite.length === 0) return logarithmic ? [0.1, 1] : [0, 1]
  // the walls of χ² rise to 1e36: what matters lies in the four decades above the valley
  if (logarithmic) {
    const valley = Math.max(least * 0.8, 1e-6)
    return [valley, Math.min(most, valley * 1e4)]
  }
  // linear: the valley, not the walls around it
  return [Math.min(0, least), Math.min(most, Math.max(4 * least, least + 5))]
}

function landscapeContent(frame: Frame, landscape: Landscape, logarithmic: boolean): SurfaceContent {
  const { data } = frame
  const name: Fit = landscape.divergence === 'reverse' ? 'reverse' : 'third'
  const fit = name === 'reverse' ? data.reverse : (data.third ?? data.reverse)
  const objective = nameOf(name, frame)
  const sigma = landscape.logSigma.map(Math.exp)
  const height = (mu: number, logSigma: number) =>
    interpolate(landscape.mu, landscape.logSigma, landscape.values, mu, logSigma)
  const pathPoints = fit.path.length / 4
  const pathAt = (column: number) =>
    Float32Array.from({ length: pathPoints }, (_, index) => fit.path[4 * index + column])
  const [pathMu, pathLogSigma] = [pathAt(1), pathAt(2)]
  const starts = data.particles.length / 2
  const startMu = Float32Array.from({ length: starts }, (_, index) => data.particles[2 * index])
  const startLogSigma = Float32Array.from({ length: starts }, (_, index) => data.particles[2 * index + 1])
  const { optima } = fit
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
        role: roles[name],
        x: pathMu,
        y: pathLogSigma.map(Math.exp),
        heights: pathMu.map((mu, index) => height(mu, pathLogSigma[index])),
      },
    ],
    points: [
      {
        role: 'neutral',
        size: starts > 3000 ? 3 : 5,
        roles: basinRolesOf(data.particleBasins),
        x: startMu,
        y: startLogSigma.map(Math.exp),
        heights: startMu.map((mu, index) => height(mu, startLogSigma[index])),
      },
      {
        role: roles[name],
        size: 11,
        emphasis: 0,
        x: [fit.mu],
        y: [fit.sigma],
        heights: [height(fit.mu, Math.log(fit.sigma))],
      },
      {
        name: 'minima',
        role: 'theory',
        roles: optima.map((_, index) => basinRole(index)),
        size: 10,
        x: optima.map(({ mu }) => mu),
        y: optima.map((one) => one.sigma),
        heights: optima.map((one) => height(one.mu, Math.log(one.sigma))),
      },
    ],
    note: starts > 0 ? `${count(starts)} starts, coloured by where they end` : undefined,
    description: `${objective} over μ and log σ with the descent of the shown fit and ${count(starts)} starts; minima at ${optima
      .map(({ mu, sigma, divergence }) => `μ ${five(mu)}, σ ${five(sigma)}: ${nats(divergence)}`)
      .join('; ')}.`,
    hover: (mu, at) => `μ ${five(mu)}, σ ${five(at)}: ${nats(height(mu, Math.log(at)))}`,
  }
}

/** The same arrays while the values are the same, so that the surface is built once. */
function kept(before: Landscape | undefined, now: Landscape): Landscape {
  const same = (one: Float32Array, other: Float32Array) =>
    one.length === other.length && one.every((value, index) => Object.is(value, other[index]))
  return before &&
    same(before.values, now.values) &&
    same(before.mu, now.mu) &&
    same(before.logSigma, now.logSigma)
    ? before
    : now
}

/** What dragging, widening, adding or removing asks of the parameters as they are now. */
function patchFor(event: HandleEvent, now: KlValues): ParameterValues | undefined {
  const { mu0, sigma0 } = now
  const components = lineComponents(now)
  const custom = (next: readonly MixtureComponent[]) => ({
    target: 'custom',
    components: formatComponents(next),
  })
  const index = modeOf(event)
  const changed = (change: (one: MixtureComponent) => MixtureComponent) =>
    custom(components.map((one, at) => (at === index ? change(one) : one)))
  switch (event.kind) {
    case 'add': {
      if (components.length >= mostComponents) return undefined
      const sds = components.map(({ sd }) => sd).sort((one, other) => one - other)
      const added = {
        weight: 1 / components.length,
        mean: clamp(event.x, -100, 100),
        sd: sds[sds.length >> 1],
      }
      return custom([...components, added])
    }
    case 'remove':
      return index === undefined || components.length === 1
        ? undefined
        : custom(components.filter((_, at) => at !== index))
    case 'widen':
      if (event.id === 'start') return { sigma0: clamp(sigma0 * event.factor, 1e-3, 100) }
      return changed((one) => ({ ...one, sd: clamp(one.sd * event.factor, 1e-3, 100) }))
    case 'move': {
      const x = clamp(event.x, -100, 100)
      if (event.id === 'start')
        return x === mu0 && event.dragging ? undefined : { mu0: Number(x.toPrecision(6)) }
      return changed((one) => ({ ...one, mean: x }))
    }
  }
}

export function createLineView(stage: Stage, actions: ViewActions, withThird: boolean): PanelSet {
  let frame: Frame | undefined
  let landscape: Landscape | undefined
  const switches = { integrand: true, logHeight: true, logDescent: true }
  type Switch = keyof typeof switches
  const toggle = (name: Switch, label: string) => ({
    label,
    value: switches[name],
    onChange: (value: boolean) => {
      switches[name] = value
      if (frame) draw(frame)
    },
  })
  // a wheel or a held key asks more often than frames come
  const now = () => typed(actions.values())
  const ask = (event: HandleEvent) => {
    const patch = patchFor(event, now())
    if (patch) actions.set(patch, 'dragging' in event && event.dragging)
  }
  const removeLast = () => {
    ask({ kind: 'remove', id: `mode:${lineComponents(now()).length - 1}` })
  }
  const addApart = () => {
    const components = lineComponents(now())
    const means = components.map(({ mean }) => [mean, 0] as const)
    ask({ kind: 'add', ...placeApart(means, lineDomain(components, []), [0, 0]) })
  }
  const plot = (id: Fit, title: string) =>
    stage.chart({
      id,
      title,
      toggles: [toggle('integrand', 'integrand')],
      actions: id === 'forward' ? modeActions(addApart, removeLast) : [],
      onHandle: ask,
    })
  const plots = {
    forward: plot('forward', 'A: forward, KL(P‖Q)'),
    reverse: plot('reverse', 'B: reverse, KL(Q‖P)'),
    third: withThird ? plot('third', 'C: the third objective') : undefined,
  }
  const surface = stage.scene({
    id: 'landscape',
    title: 'Landscape',
    toggles: [toggle('logHeight', 'log height')],
  })
  const descent = stage.chart({ id: 'descent', title: 'Descent', toggles: [toggle('logDescent', 'log')] })
  const basins = stage.table({ id: 'basins', title: 'Where the starts end' })

  function draw(next: Frame): void {
    frame = next
    const { data, values } = next
    const { starts, basinsThird } = typed(values)
    const fits = (['forward', 'reverse', 'third'] as const).flatMap((name) => {
      const fit = data[name]
      return fit ? [{ name, fit }] : []
    })
    for (const { name, fit } of fits) plots[name]?.update(plotContent(name, fit, next, switches.integrand))
    descent.update(
      descentContent(
        fits.map(({ name, fit }) => ({
          name: nameOf(name, next),
          role: roles[name],
          path: fit.path,
          best: fit.optima[0]?.divergence ?? Number.NaN,
          diverged: fit.diverged,
          told: fit.divergence === 'chiSquared' ? Math.expm1 : undefined,
        })),
        next.step,
        switches.logDescent,
      ),
    )
    if (data.landscape) {
      landscape = kept(landscape, data.landscape)
      surface.update(landscapeContent(next, landscape, switches.logHeight))
    }
    const followedFit = basinsThird && data.third ? 'third' : 'reverse'
    const shown = data[followedFit]
    basins.update(
      basinsContent(
        data.basins,
        [{ label: 'μ' }, { label: 'σ' }],
        ({ mu, sigma }) => [meanText(mu, sigma), five(sigma)],
        starts,
        data.followed,
        nameOf(followedFit, next),
        ({ mu, sigma }) =>
          actions.set({
            mu0: clamp(Number(mu.toPrecision(6)), -100, 100),
            sigma0: clamp(Number(sigma.toPrecision(6)), 1e-3, 100),
          }),
        ({ mu, sigma }) =>
          shown !== undefined &&
          Math.abs(shown.mu - mu) < 0.02 * sigma &&
          Math.abs(Math.log(shown.sigma / sigma)) < 0.02,
      ),
    )
  }

  return {
    draw: (next) => draw(next as Frame),
    switches: {
      integrand: [
        ['forward', 'integrand'],
        ['reverse', 'integrand'],
      ],
      logHeight: [['landscape', 'log height']],
      logDescent: [['descent', 'log']],
    },
  }
}
