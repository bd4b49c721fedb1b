/** What the pictures on the line tell while a step of the story asks, and that plots to be compared have the same axes. */
import { expect, it } from 'vitest'
import type { PanelSet } from '../../src/labs/common/panelSet.ts'
import type { LineFit, LineFrame, PlaneFit, PlaneFrame } from '../../src/labs/kl/frame.ts'
import { klLab as lab } from '../../src/labs/kl/index.ts'
import { createLineView } from '../../src/labs/kl/lineView.ts'
import { localMinima } from '../../src/labs/kl/minima.ts'
import { createPlaneView } from '../../src/labs/kl/planeView.ts'
import { planeComponents } from '../../src/labs/kl/targets.ts'
import { divergence } from '../../src/labs/kl/theory.ts'
import type { ViewActions } from '../../src/labs/lab.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import { defaults } from '../../src/labs/validation.ts'
import type {
  ChartContent,
  PanelOptions,
  Stage,
  SurfaceContent,
  TableContent,
} from '../../src/stage/contract.ts'
import { bimodal } from './klReference.ts'

interface Contents {
  readonly [panel: string]: ChartContent & SurfaceContent & TableContent
}

/** A view on a stage that keeps the panels' latest contents. */
function open(
  create: (stage: Stage, actions: ViewActions) => PanelSet,
  given: ParameterValues,
  data: unknown,
) {
  const values = defaults(lab.parameters, given)
  const contents: Record<string, Contents[string]> = {}
  const panel = ({ id, title }: PanelOptions) => ({
    update(content: Contents[string]) {
      contents[id] = { ...content, title: content.title ?? title }
    },
    place() {},
  })
  const stage = { chart: panel, scene: panel, table: panel } as unknown as Stage
  const view = create(stage, {
    set() {},
    restart() {},
    values: () => values,
    request: () => Promise.reject(),
  })
  view.draw({ step: 3, ready: true, progress: 1, values, metrics: { forwardDiverged: -1 }, data })
  return {
    contents: contents as Contents,
    tell: (switches: Record<string, boolean>) => view.tell?.(switches),
  }
}

const fitOf = (kind: LineFit['divergence'], mu: number, sigma: number): LineFit => {
  const { value } = divergence(kind, bimodal, mu, sigma, 0.5)
  return {
    divergence: kind,
    mu,
    sigma,
    value,
    diverged: false,
    path: Float32Array.of(0, mu, Math.log(sigma), value),
    optima: localMinima(kind, bimodal, { alpha: 0.5 }),
  }
}

function openLine() {
  const reverse = fitOf('reverse', 1.5, 0.5)
  const data: LineFrame = {
    family: 'gaussian1d',
    components: bimodal,
    forward: fitOf('forward', 1.5, 0.5),
    reverse,
    third: fitOf('alpha', 1.5, 0.5),
    landscape: {
      divergence: 'reverse',
      mu: Float32Array.of(-4, 4),
      logSigma: Float32Array.of(-1, 1),
      values: Float32Array.of(1, 2, 3, 4),
    },
    particles: Float32Array.of(1, 0, -1, 0),
    particleBasins: Uint8Array.of(0, 1),
    basins: reverse.optima.map((one) => ({ ...one, share: 1 / 3 })),
    rest: { diverged: 0, held: 0, moving: 0 },
    followed: 1,
    cutShort: false,
  }
  return open((stage, actions) => createLineView(stage, actions, true), { third: 'alpha' }, data)
}

const words = (content: unknown) => JSON.stringify(content)
const dashed = ({ marks }: ChartContent) => marks.filter(({ role }) => role === 'theory').length

it('plots that are compared show P at the same place, as high and as wide', () => {
  const { forward, reverse, third } = openLine().contents
  expect(forward.y.domain?.[0]).toBeLessThan(0)
  for (const other of [reverse, third]) {
    expect(other.y.domain).toEqual(forward.y.domain)
    expect(other.x.domain).toEqual(forward.x.domain)
  }
})

it('so do the scenes of the plane', () => {
  const values = defaults(lab.parameters, { family: 'gaussian2d', target: 'correlated' })
  const roundFit = (kind: PlaneFit['divergence'], variance: number): PlaneFit => ({
    divergence: kind,
    mean: [0, 0],
    covariance: [variance, 0, variance],
    value: 0.83,
    diverged: false,
    path: Float32Array.of(0, 0, 0, 0.83),
    optima: [],
  })
  const data: PlaneFrame = {
    family: 'gaussian2d',
    components: planeComponents(values as never),
    forward: roundFit('forward', 1),
    reverse: roundFit('reverse', 0.19),
    particles: new Float32Array(0),
    particleBasins: new Uint8Array(0),
    basins: [],
    rest: undefined,
    followed: 1,
    cutShort: false,
  }
  const { forward, reverse } = open(createPlaneView, values, data).contents
  expect(reverse.height.domain).toEqual(forward.height.domain)
})

it('anonymous plots say nowhere which objective they descend, until the answer', () => {
  const { contents, tell } = openLine()
  tell({ anonymous: true, moment: false, minima: false })
  expect(contents.forward.title).toBe('Plot A')
  expect(contents.reverse.title).toBe('Plot B')
  for (const [panel, content] of Object.entries(contents))
    expect(words(content), panel).not.toMatch(/forward|reverse|KL\(|moment|third objective|D with/i)
  tell({ anonymous: false })
  expect(contents.forward.title).toBe('A: forward, KL(P‖Q)')
  expect(contents.third.title).toBe('C: D with α = 0.5')
  expect(words(contents.reverse)).toContain('KL(Q‖P)')
})

it('the minima wait for the answer on the plots, on the landscape and in the table', () => {
  const { contents, tell } = openLine()
  tell({ minima: false })
  expect([dashed(contents.forward), dashed(contents.reverse), dashed(contents.third)]).toEqual([1, 0, 0])
  expect(contents.descent.marks.filter(({ kind }) => kind === 'rule')).toHaveLength(1)
  expect(contents.landscape.points.at(-1)).toMatchObject({ name: undefined, x: [] })
  expect(contents.landscape.points[0].roles).toBeUndefined()
  expect(contents.landscape.description).not.toContain('minima')
  expect(contents.landscape.note).toBe('2 starts')
  expect(contents.basins.rows).toEqual([])
  expect(contents.basins.empty).toMatch(/hides the minima/)
  // a further step without the switch shows them
  tell({})
  expect([dashed(contents.forward), dashed(contents.reverse)]).toEqual([1, 3])
  expect(contents.landscape.points.at(-1)?.x).toHaveLength(3)
  expect(contents.basins.rows).toHaveLength(3)
})
