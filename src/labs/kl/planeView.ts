/** Draws the KL lab in the plane: P and Q as surfaces, ellipses of the fits and their starts, and the descent. */

import type { PlaneComponent } from '../../compute/backend.ts'
import { count } from '../../count.ts'
import type {
  ChartContent,
  HandleEvent,
  Mark,
  Role,
  Stage,
  Surface,
  SurfaceContent,
} from '../../stage/contract.ts'
import { column } from '../common/column.ts'
import { ellipse } from '../common/ellipse.ts'
import { createSwitches, type PanelSet } from '../common/panelSet.ts'
import { spokenNats } from '../common/spoken.ts'
import type { ViewActions, ViewFrame } from '../lab.ts'
import { roles } from './colours.ts'
import type { PlaneFit, PlaneFrame } from './frame.ts'
import { along, reachOf } from './lattice.ts'
import { typed } from './parameters.ts'
import { planeHandles, planePatch } from './planeHandles.ts'
import { arrived, gaussianCells, gaussianText, spokenGaussian, startPatch } from './planeStart.ts'
import { logPlaneMixture, logPlaneNormal } from './planeTheory.ts'
import { planeComponents } from './targets.ts'
import { five, klNames, klWords, nats } from './texts.ts'
import {
  atLimit,
  basinRolesOf,
  basinsContent,
  descentContent,
  modeActions,
  partOf,
  placeApart,
  refusal,
} from './viewParts.ts'

type Frame = ViewFrame<PlaneFrame>
type Fit = 'forward' | 'reverse'

/** Pieces of a drawn ellipse. */
const pieces = 64

interface Box {
  readonly x: readonly [number, number]
  readonly y: readonly [number, number]
}

function boxOf(components: readonly PlaneComponent[]): Box {
  const side = (axis: 0 | 1) => reachOf(along(components, axis), 3.2)
  return { x: side(0), y: side(1) }
}

const gridPoints = 57

function grid(box: Box) {
  const even = ([from, to]: readonly [number, number]) =>
    Float64Array.from({ length: gridPoints }, (_, index) => from + ((to - from) * index) / (gridPoints - 1))
  return { x: even(box.x), y: even(box.y) }
}

function surfaceOf(name: string, role: Role, box: Box, density: (x: number, y: number) => number): Surface {
  const { x, y } = grid(box)
  const heights = new Float32Array(x.length * y.length)
  for (let row = 0; row < y.length; row++)
    for (let column = 0; column < x.length; column++)
      heights[row * x.length + column] = density(x[column], y[row])
  return { name, role, x, y, heights }
}

const highest = ({ heights }: Surface) =>
  (heights as Float32Array).reduce((one, other) => (other > one ? other : one), 0)

const peakOf = ({ mean, covariance }: PlaneFit) => Math.exp(logPlaneNormal(...mean, mean, covariance))

/** Height of both scenes, so that P looks the same in each. */
function heightOf(target: Surface, { forward, reverse }: PlaneFrame): number {
  const most = highest(target)
  return 1.1 * Math.max(most, Math.min(Math.max(peakOf(forward), peakOf(reverse)), 2 * most))
}

function sceneContent(name: Fit, fit: PlaneFit, target: Surface, box: Box, frame: Frame): SurfaceContent {
  const { components } = frame.data
  const peak = peakOf(fit)
  // where Q is flat, P's surface must stay visible
  const fitted = surfaceOf('Q', roles[name], box, (x, y) => {
    const density = Math.exp(logPlaneNormal(x, y, fit.mean, fit.covariance))
    return density > 0.01 * peak ? density : Number.NaN
  })
  const [pathX, pathY] = [1, 2].map((index) => column(fit.path, 4, index))
  const density = (x: number, y: number) => Math.exp(logPlaneMixture(components, x, y))
  const ring = ellipse(fit.mean, fit.covariance, 1, pieces)
  const where = gaussianText(fit)
  const curve = `q ${name}`
  return {
    kind: 'surface',
    x: { label: 'x', scale: 'linear', domain: box.x },
    y: { label: 'y', scale: 'linear', domain: box.y },
    height: {
      label: 'density',
      scale: 'linear',
      domain: [0, heightOf(target, frame.data)],
    },
    surfaces: [
      { ...target, curve: 'p' },
      { ...fitted, curve, opacity: 0.55, contours: 8 },
    ],
    paths: [
      {
        role: 'neutral',
        name: 'path of μ',
        curve: `path ${name}`,
        x: pathX,
        y: pathY,
        heights: pathX.map((x, index) => density(x, pathY[index])),
      },
      {
        role: roles[name],
        name: 'one σ',
        curve,
        ...ring,
        heights: ring.x.map((x, index) => density(x, ring.y[index])),
      },
    ],
    points: [],
    note: fit.diverged
      ? `diverged at ${where} after step ${frame.metrics[`${name}Diverged`]}: lower the learning rate, then reset`
      : nats(fit.value),
    description: `The density of P over the plane, and over it the density of Q, fitted by ${klWords[name]}. Q has ${spokenGaussian(fit)}; its value is ${spokenNats(fit.value)}.`,
    hover: (x, y) =>
      `(${five(x)}, ${five(y)}): p ${five(density(x, y))}, q ${five(Math.exp(logPlaneNormal(x, y, fit.mean, fit.covariance)))}`,
  }
}

function flowContent(
  frame: Frame,
  box: Box,
  handles: ChartContent['handles'],
  refused: string | undefined,
): ChartContent {
  const { data } = frame
  const { mu0, mu0Y } = typed(frame.values)
  // at any distance: a start outside the picture could not be dragged back
  const withStart = ([from, to]: readonly [number, number], at: number): [number, number] => [
    Math.min(from, at - 0.5),
    Math.max(to, at + 0.5),
  ]
  const [startX, startY] = [0, 1].map((index) => column(data.particles, 5, index))
  const starts = startX.length
  const fitMarks = (name: Fit): Mark[] =>
    [1, 2].map((radius) => ({
      kind: 'line',
      name: radius === 1 ? `Q, ${name}` : undefined,
      curve: `q ${name}`,
      role: roles[name],
      width: radius === 1 ? 2.5 : 1.2,
      ...ellipse(data[name].mean, data[name].covariance, radius, pieces),
    }))
  return {
    x: { label: 'x', scale: 'linear', domain: withStart(box.x, mu0) },
    y: { label: 'y', scale: 'linear', domain: withStart(box.y, mu0Y) },
    equalAspect: true,
    marks: [
      ...data.components.flatMap(({ mean, covariance }, index): Mark[] =>
        [1, 2].map((radius) => ({
          kind: 'line',
          name: index === 0 && radius === 1 ? 'P' : undefined,
          curve: 'p',
          role: roles.target,
          opacity: radius === 1 ? 1 : 0.5,
          ...ellipse(mean, covariance, radius, pieces),
        })),
      ),
      {
        kind: 'dots',
        name: starts > 0 ? 'starts' : undefined,
        curve: 'starts',
        legend: false,
        role: 'neutral',
        roles: basinRolesOf(data.particleBasins),
        size: starts > 2000 ? 3 : 5,
        opacity: 0.8,
        x: startX,
        y: startY,
      },
      ...fitMarks('forward'),
      ...fitMarks('reverse'),
    ],
    handles,
    note: refused ?? (starts > 0 ? `${count(starts)} starts, coloured by their end` : undefined),
    description: `Seen from above: ellipses of one and two σ, and ${count(starts)} starts. ${data.components.map((one, index) => `Part ${index + 1} of P: ${spokenGaussian(one)}.`).join(' ')} Q of forward KL: ${spokenGaussian(data.forward)}. Q of reverse KL: ${spokenGaussian(data.reverse)}.`,
    format: five,
  }
}

export function createPlaneView(stage: Stage, actions: ViewActions): PanelSet {
  let frame: Frame | undefined
  let target: { readonly key: string; readonly surface: Surface; readonly box: Box } | undefined
  const switches = { logDescent: true }
  /** Why the last request was refused. */
  let refused: string | undefined
  const { toggle, places } = createSwitches(
    switches,
    { logDescent: ['descent', 'log'] },
    () => frame && draw(frame),
  )
  const now = () => typed(actions.values())
  const ask = (event: HandleEvent) => {
    const patch = planePatch(event, now())
    if (patch) actions.set(patch, partOf(event))
    refused = patch ? undefined : refusal(event)
    if (refused && frame) draw(frame)
  }
  const modes = modeActions(
    () => {
      const components = planeComponents(now())
      const { x, y } = boxOf(components)
      const means = components.map(({ mean }) => mean)
      ask({ kind: 'add', ...placeApart(means, x, y) })
    },
    () => ask({ kind: 'remove', id: `mode:${planeComponents(now()).length - 1}` }),
  )
  const scenes = {
    forward: stage.scene({ id: 'forward', title: 'A: forward, KL(P‖Q)' }),
    reverse: stage.scene({ id: 'reverse', title: 'B: reverse, KL(Q‖P)' }),
  }
  const flow = stage.chart({ id: 'flow', title: 'From above', actions: modes, onHandle: ask })
  const descent = stage.chart({
    id: 'descent',
    title: 'Descent',
    toggles: [toggle('logDescent')],
  })
  const basins = stage.table({ id: 'basins', title: 'Where the starts end' })

  /** P's surface is built once for each target. */
  function targetOf(components: readonly PlaneComponent[]) {
    const key = JSON.stringify(components)
    if (target?.key !== key) {
      const box = boxOf(components)
      const surface = surfaceOf('P', roles.target, box, (x, y) => Math.exp(logPlaneMixture(components, x, y)))
      target = { key, box, surface }
    }
    return target
  }

  function draw(next: Frame): void {
    frame = next
    if (!atLimit(next.data.components.length)) refused = undefined
    const { data, values } = next
    const { surface, box } = targetOf(data.components)
    for (const name of ['forward', 'reverse'] as const)
      scenes[name].update(sceneContent(name, data[name], surface, box, next))
    flow.update(flowContent(next, box, planeHandles(now()), refused))
    descent.update(
      descentContent(
        (['forward', 'reverse'] as const).map((name) => ({
          name: klNames[name],
          spoken: klWords[name],
          curve: `kl ${name}`,
          role: roles[name],
          path: data[name].path,
          best: data[name].optima[0]?.divergence ?? Number.NaN,
          divergedAt: Number(next.metrics[`${name}Diverged`]),
          inNats: true,
        })),
        next.step,
        data.cutShort,
        switches.logDescent,
      ),
    )
    basins.update(
      basinsContent(data.basins, {
        columns: [{ label: 'μ' }, { label: 'σ' }, { label: 'ρ' }],
        cells: gaussianCells,
        name: gaussianText,
        objective: klWords.reverse,
        inNats: true,
        starts: typed(values).starts,
        followed: data.followed,
        rest: data.rest,
        select: (basin) => actions.set(startPatch(basin)),
        selected: (basin) => arrived(data.reverse, basin),
      }),
    )
  }

  return {
    draw: (next) => draw(next as Frame),
    follow: (values) => flow.place(planeHandles(typed(values))),
    switches: places,
  }
}
