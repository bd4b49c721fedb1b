/** Draws the KL lab on the line: the fits over P, the descent, the landscape with its starts, and the basins. */

import { counted } from '../../count.ts'
import type { ChartContent, HandleEvent, Mark, Stage } from '../../stage/contract.ts'
import { line } from '../common/marks.ts'
import { createSwitches, type PanelSet } from '../common/panelSet.ts'
import { listed, spoken, spokenNats, spokenPlace } from '../common/spoken.ts'
import type { ViewActions, ViewFrame } from '../lab.ts'
import { roles } from './colours.ts'
import type { Landscape, LineFit, LineFrame } from './frame.ts'
import { kept, landscapeContent } from './landscapeView.ts'
import { atEndsOfAlpha, lineCurves, lineDomain, plotDomains } from './lineCurves.ts'
import { lineHandles, linePatch } from './lineHandles.ts'
import {
  type Fit,
  type Frame,
  nameOf,
  shownEnds,
  spokenName,
  titleOf,
  unitOf,
  withoutStory,
} from './lineNames.ts'
import { typed } from './parameters.ts'
import { lineComponents } from './targets.ts'
import { clamp, five, klNames, meanText, nats, placed, startMean } from './texts.ts'
import { leastChiSquaredSigma } from './theory.ts'
import {
  atLimit,
  basinsContent,
  descentContent,
  modeActions,
  partOf,
  placeApart,
  refusal,
} from './viewParts.ts'

/** Shares of Q's widths within which it reaches a mode. */
const reached = 2

/** What a plot of P and Q shows, for the ear. */
function described(name: Fit, fit: LineFit, frame: Frame, shaded: boolean): string {
  const { data, told } = frame
  const { components } = data
  const { mu, sigma, value } = fit
  const modes = listed(components.map(({ mean }) => spoken(mean)))
  const objective = spokenName(name, frame)
  const worth = unitOf(fit.divergence) ? spokenNats(value) : spoken(value)
  const close = components.filter(({ mean }) => Math.abs(mean - mu) <= reached * sigma).length
  const ends = shownEnds(name, fit, told).map(
    (end) => `μ ${spokenPlace(end.mu, end.sigma)}, σ ${spoken(end.sigma)}`,
  )
  const lines =
    name === 'forward'
      ? 'The dashed bell has the mean and the variance of P'
      : 'Dashed bells are local minima'
  return [
    `Densities over x. P has ${counted(components.length, 'mode')}, at ${modes}.`,
    // μ and σ would tell which objective it is; that Q is broad is seen
    told.anonymous
      ? `The bell Q is fitted by ${objective}.`
      : `The bell Q, fitted by ${objective}, is at μ ${spokenPlace(mu, sigma)} with σ ${spoken(sigma)}; its value is ${worth}.`,
    `Within two of its σ, Q reaches ${close} of the ${counted(components.length, 'mode')}.`,
    ...(shaded ? ['The integrand is shaded.'] : []),
    ...(ends.length > 0 ? [`${lines}: ${ends.join('; ')}.`] : []),
  ].join(' ')
}

function plotContent(
  name: Fit,
  fit: LineFit,
  frame: Frame,
  domains: ReturnType<typeof plotDomains>,
  shaded: boolean,
  handles: ChartContent['handles'],
  refused: string | undefined,
): ChartContent {
  const { data, values, told } = frame
  const { components } = data
  const { alpha } = typed(values)
  const ofKl = atEndsOfAlpha(fit.divergence, alpha) in klNames
  const domain = domains.x
  const { x, p, q, integrand } = lineCurves(components, fit.mu, fit.sigma, fit.divergence, alpha, domain)
  const objective = nameOf(name, frame)
  // the words would tell which objective it is
  const curve = (word: string) => (told.anonymous ? word : `${word} ${name}`)
  const shades: Mark[] = shaded
    ? [
        {
          kind: 'area',
          name: 'integrand',
          curve: curve('integrand'),
          role: roles[name],
          opacity: 0.55,
          x,
          y: integrand.map((one) => Math.max(0, one)),
          baseline: 0,
        },
        {
          kind: 'area',
          name: 'below 0',
          curve: curve('integrand'),
          legend: ofKl,
          role: 'neutral',
          x,
          y: integrand.map((one) => Math.min(0, one)),
          baseline: 0,
        },
      ]
    : []
  const ghosts = shownEnds(name, fit, told).map(({ mu, sigma }, index): Mark => {
    const ghost = lineCurves(components, mu, sigma, fit.divergence, alpha, domain)
    const label = index > 0 ? undefined : name === 'forward' ? 'moment match' : 'local minima'
    return line(label, 'theory', ghost.x, ghost.q, {
      curve: curve(name === 'forward' ? 'moment' : 'minima'),
      opacity: index === 0 ? 1 : 0.6,
    })
  })
  const beyond = fit.mu < domain[0] || fit.mu > domain[1] ? ', beyond the picture' : ''
  const at = placed(fit.mu, fit.sigma) + beyond
  const value = unitOf(fit.divergence) ? nats(fit.value) : five(fit.value)
  return {
    title: titleOf(name, frame),
    x: { label: 'x', scale: 'linear', domain },
    y: { label: 'density', scale: 'linear', domain: domains.y },
    marks: [
      { kind: 'area', name: 'P', curve: 'p', role: roles.target, x, y: p, baseline: 0 },
      ...shades,
      ...ghosts,
      line('Q', roles[name], x, q, { curve: curve('q'), width: 2 }),
    ],
    handles,
    note:
      refused ??
      (fit.diverged
        ? `diverged at ${at} after step ${frame.metrics[`${name}Diverged`]}: lower the learning rate, then reset`
        : Number.isFinite(fit.value)
          ? // a value would tell which objective it is
            told.anonymous
            ? undefined
            : `${value} at ${at}`
          : `${objective} = ∞ at ${at}: no slope to descend, start above σ = ${five(leastChiSquaredSigma(components))}`),
    description: described(name, fit, frame, shaded),
    format: five,
  }
}

/** Why the table has no minimum, where the reason is not the run. */
function missing(shown: LineFit | undefined, { data, values, told }: Frame): string | undefined {
  if (!told.minima) return 'This step of the story hides the minima.'
  const nowhere = shown?.divergence === 'chiSquared' && !Number.isFinite(shown.value)
  return nowhere && typed(values).fixedSigma
    ? `χ²(P‖Q) is ∞ wherever Q is, with this σ: keep it above ${five(leastChiSquaredSigma(data.components))}, or free.`
    : undefined
}

export function createLineView(stage: Stage, actions: ViewActions, withThird: boolean): PanelSet {
  let frame: Frame | undefined
  let landscape: Landscape | undefined
  /** Why the last request was refused. */
  let refused: string | undefined
  let told = withoutStory
  const switches = { integrand: true, logHeight: true, logDescent: true }
  const { toggle, places } = createSwitches(
    switches,
    {
      integrand: ['reverse', 'integrand'],
      logHeight: ['landscape', 'log height'],
      logDescent: ['descent', 'log'],
    },
    () => frame && draw(frame),
  )
  const now = () => typed(actions.values())
  const ask = (event: HandleEvent) => {
    const patch = linePatch(event, now())
    if (patch) actions.set(patch, partOf(event))
    refused = patch ? undefined : refusal(event)
    if (refused && frame) draw(frame)
  }
  const removeLast = () => {
    ask({ kind: 'remove', id: `mode:${lineComponents(now()).length - 1}` })
  }
  const addApart = () => {
    const components = lineComponents(now())
    const means = components.map(({ mean }) => [mean, 0] as const)
    ask({ kind: 'add', ...placeApart(means, lineDomain(components, []), [0, 0]) })
  }
  // a toggle for all plots is on one of them
  const plot = (id: Fit, title: string) =>
    stage.chart({
      id,
      title,
      toggles: id === 'reverse' ? [toggle('integrand')] : [],
      actions: id === 'forward' ? modeActions(addApart, removeLast) : [],
      onHandle: ask,
    })
  const plots = {
    forward: plot('forward', 'Plot A'),
    reverse: plot('reverse', 'Plot B'),
    third: withThird ? plot('third', 'Plot C') : undefined,
  }
  const surface = stage.scene({
    id: 'landscape',
    title: 'Landscape',
    toggles: [toggle('logHeight')],
  })
  const descent = stage.chart({ id: 'descent', title: 'Descent', toggles: [toggle('logDescent')] })
  const basins = stage.table({ id: 'basins', title: 'Where the starts end' })

  function draw(given: ViewFrame<LineFrame>): void {
    const next = { ...given, told }
    frame = next
    if (!atLimit(next.data.components.length)) refused = undefined
    const { data, values } = next
    const { starts, basinsThird, mu0, sigma0 } = typed(values)
    const fits = (['forward', 'reverse', 'third'] as const).flatMap((name) => {
      const fit = data[name]
      return fit ? [{ name, fit }] : []
    })
    const handles = lineHandles(now())
    const domains = plotDomains(
      data.components,
      { mean: mu0, sd: sigma0 },
      fits.map(({ fit }) => ({
        minima: fit.optima.map(({ mu, sigma }) => ({ mean: mu, sd: sigma })),
        mean: fit.mu,
      })),
      switches.integrand,
    )
    for (const { name, fit } of fits) {
      const said = name === 'forward' ? refused : undefined
      plots[name]?.update(plotContent(name, fit, next, domains, switches.integrand, handles, said))
    }
    descent.update(
      descentContent(
        fits.map(({ name, fit }) => ({
          name: nameOf(name, next),
          spoken: spokenName(name, next),
          curve: told.anonymous ? undefined : `kl ${name}`,
          role: roles[name],
          path: fit.path,
          best: shownEnds(name, fit, told)[0]?.divergence ?? Number.NaN,
          divergedAt: Number(next.metrics[`${name}Diverged`]),
          inNats: unitOf(fit.divergence) !== undefined,
          told: fit.divergence === 'chiSquared' ? Math.expm1 : undefined,
        })),
        next.step,
        data.cutShort,
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
      basinsContent(told.minima ? data.basins : [], {
        columns: [{ label: 'μ' }, { label: 'σ' }],
        cells: ({ mu, sigma }) => [meanText(mu, sigma), five(sigma)],
        objective: spokenName(followedFit, next),
        inNats: shown === undefined || unitOf(shown.divergence) !== undefined,
        starts,
        followed: data.followed,
        rest: data.rest,
        none: missing(shown, next),
        select: ({ mu, sigma }) =>
          actions.set({
            mu0: clamp(startMean(mu, sigma), -100, 100),
            sigma0: clamp(Number(sigma.toPrecision(6)), 1e-3, 100),
          }),
        selected: ({ mu, sigma }) =>
          shown !== undefined &&
          Math.abs(shown.mu - mu) < 0.02 * sigma &&
          Math.abs(Math.log(shown.sigma / sigma)) < 0.02,
      }),
    )
  }

  return {
    draw: (next) => draw(next as ViewFrame<LineFrame>),
    tell(switches) {
      told = { ...withoutStory, ...switches }
      if (frame) draw(frame)
    },
    follow(values) {
      const handles = lineHandles(typed(values))
      for (const plot of Object.values(plots)) plot?.place(handles)
    },
    switches: places,
  }
}
