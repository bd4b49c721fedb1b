/** Pictures of a latent space: flat with the decoder's regions behind the points, or three-dimensional. */
import { counted } from '../../count.ts'
import type { ChartContent, Mark, PointReading, SurfaceContent, SurfacePoints } from '../../stage/contract.ts'
import { column } from '../common/column.ts'
import { ellipse } from '../common/ellipse.ts'
import { spoken, spokenNats, spokenPercent } from '../common/spoken.ts'
import type { Domain, LatentSpace } from './frame.ts'
import { axisLabels, digitRoles, digitTexts, five, nats, spokenBeta } from './viewParts.ts'

export interface LatentSwitches {
  readonly regions: boolean
  readonly samples: boolean
  readonly ellipses: boolean
  /** How well the models predict is not told. */
  readonly hidden: boolean
}

/** Pixels of all validation images, once they have arrived. */
export interface Pictures {
  readonly pixels: Uint8Array
  readonly side: number
}

const pieces = 40
const unitCircle = ellipse([0, 0], [1, 0, 1], 1, pieces)

function note(space: LatentSpace, whose: string | undefined, regions: boolean): string {
  if (space.stoppedAt >= 0)
    return `its loss was no longer finite at step ${space.stoppedAt}: shown as it was before`
  const { projection, dimensions, regionAgreement } = space
  const percent = (share: number) => `${Math.round(100 * share)} %`
  const notes = whose === undefined ? [] : [whose]
  if (dimensions === 3) notes.push('regions fill this space and are not drawn')
  if (projection !== 'none') {
    notes.push(`${percent(space.varianceShown)} of the variance`)
    // share of the images: off the plane the decoder may answer differently
    if (regions && regionAgreement !== undefined)
      notes.push(`regions (plane through the mean) hold for ${percent(regionAgreement)}`)
  }
  return notes.join(', ')
}

const meanOf = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length

function description(
  { beta, deviations, means, predictions, rates }: LatentSpace,
  labels: Uint8Array,
  whose: string | undefined,
  { hidden }: LatentSwitches,
): string {
  const which = whose === undefined ? 'a model whose β is not told' : `the model of β ${spokenBeta(beta)}`
  const spread = Math.sqrt(meanOf(means.map((value) => value ** 2)))
  const right = labels.filter((label, image) => predictions[image] === label).length / labels.length
  return [
    `Each of ${counted(labels.length, 'validation image')} as a cloud in the latent space of ${which}, coloured by its digit.`,
    `Their means μ are typically ${spoken(spread)} away from 0 along an axis, and their σ is ${spoken(meanOf(deviations))} on average; the prior has σ 1.`,
    // which model is best, may be asked
    ...(hidden ? [] : [`${spokenPercent(right)} are predicted right.`]),
    `The mean rate is ${spokenNats(meanOf(rates))}.`,
  ].join(' ')
}

function read(
  space: LatentSpace,
  labels: Uint8Array,
  pictures: Pictures | undefined,
  image: number,
): PointReading {
  const { dimensions, means, deviations, predictions, projection, rates } = space
  const at = (values: Float32Array) =>
    Array.from({ length: dimensions }, (_, index) => five(values[image * dimensions + index])).join(', ')
  const size = pictures ? pictures.side ** 2 : 0
  return {
    title: `a ${labels[image]}`,
    rows: [
      { label: 'predicted', value: String(predictions[image]) },
      { label: 'KL', value: nats(rates[image]) },
      // with more dimensions than shown: components along the axes
      { label: projection === 'none' ? 'μ' : 'μ along the axes', value: at(means) },
      { label: projection === 'none' ? 'σ' : 'σ along the axes', value: at(deviations) },
      { label: 'click or tap', value: 'into the diagram' },
    ],
    picture: pictures && {
      pixels: pictures.pixels.subarray(image * size, (image + 1) * size),
      side: pictures.side,
    },
  }
}

/** @param whose the note's name of the model; undefined where its β is to be guessed */
export function flatContent(
  space: LatentSpace,
  labels: Uint8Array,
  shared: Domain | undefined,
  switches: LatentSwitches,
  pictures: Pictures | undefined,
  whose: string | undefined,
): ChartContent {
  const [xLabel, yLabel] = axisLabels(space)
  const { dimensions, means, samples, chosen, covariances, image, imageCovariance } = space
  const domain = shared ?? space.domain
  const regions = shared ? space.sharedRegions : space.regions
  const marks: Mark[] = []
  if (switches.regions && regions)
    marks.push({
      kind: 'raster',
      curve: 'regions',
      role: 'neutral',
      ...regions.domain,
      columns: regions.columns,
      rows: regions.rows,
      values: regions.digits,
      roles: digitRoles,
      strength: regions.probabilities,
      opacity: 0.35,
    })
  const points = marks.length
  const [x, y] = [0, 1].map((axis) => column(means, dimensions, axis))
  marks.push({
    kind: 'dots',
    curve: 'mu',
    role: 'neutral',
    roles: Array.from(labels, (label) => digitRoles[label]),
    size: 3,
    // marks drawn above the dots must stay visible: samples, prior and ellipses
    opacity: 0.5,
    emphasis: image,
    x,
    y,
  })
  if (switches.samples)
    marks.push({
      kind: 'dots',
      curve: 'z',
      role: 'neutral',
      roles: hazeRoles(space, labels),
      shape: 'diamond',
      size: 4,
      x: column(samples, dimensions, 0),
      y: column(samples, dimensions, 1),
    })
  marks.push({ kind: 'line', name: 'prior', curve: 'prior', role: 'theory', width: 2, ...unitCircle })
  if (switches.ellipses) {
    const around = (one: number, covariance: Float32Array) =>
      ellipse(means.subarray(one * dimensions, one * dimensions + 2), covariance, 1, pieces)
    for (const [index, one] of chosen.entries())
      marks.push({
        kind: 'line',
        curve: 'sigma',
        role: digitRoles[labels[one]],
        width: 2,
        ...around(one, covariances.subarray(3 * index, 3 * index + 3)),
      })
    marks.push({
      kind: 'line',
      curve: 'sigma',
      role: 'theory',
      width: 2.5,
      ...around(image, imageCovariance),
    })
  }
  return {
    x: { label: xLabel, scale: 'linear', domain: domain.x },
    y: { label: yLabel, scale: 'linear', domain: domain.y },
    marks,
    texts: digitTexts([x, y], labels).map(({ text, at }) => ({ text, x: at[0], y: at[1] })),
    equalAspect: true,
    pick: { mark: points, read: (image) => read(space, labels, pictures, image) },
    note: note(space, whose, switches.regions),
    description: description(space, labels, whose, switches),
    format: five,
  }
}

/** The colours of the samples. */
function hazeRoles({ sampleImages }: LatentSpace, labels: Uint8Array) {
  return Array.from(sampleImages, (image) => digitRoles[labels[image]])
}

function deepHaze(space: LatentSpace, labels: Uint8Array): SurfacePoints {
  const [x, y, heights] = [0, 1, 2].map((axis) => column(space.samples, 3, axis))
  return { curve: 'z', role: 'neutral', roles: hazeRoles(space, labels), size: 5, x, y, heights }
}

/** The prior's sphere of radius 1, drawn as three circles. */
const unitSphere = [0, 1, 2].map((axis) => {
  const none = unitCircle.x.map(() => 0)
  const [x, y, heights] = [
    [none, unitCircle.x, unitCircle.y],
    [unitCircle.x, none, unitCircle.y],
    [unitCircle.x, unitCircle.y, none],
  ][axis]
  return { x, y, heights }
})

/** A scene without content, which shows only a sentence. */
export function waitingScene(said: string): SurfaceContent {
  const axis = { label: '', scale: 'linear', domain: [0, 1] } as const
  return {
    kind: 'surface',
    x: axis,
    y: axis,
    height: axis,
    surfaces: [],
    paths: [],
    points: [],
    empty: said,
    description: said,
  }
}

export function deepContent(
  space: LatentSpace,
  labels: Uint8Array,
  domain: Domain,
  switches: LatentSwitches,
  pictures: Pictures | undefined,
  whose: string | undefined,
): SurfaceContent {
  const [x, y, heights] = [0, 1, 2].map((axis) => column(space.means, 3, axis))
  const [first, second, third] = [domain.x, domain.y, span(heights)]
  // all three axes get the length of the longest one, about their middles
  const reach = Math.max(...[first, second, third].map(([low, high]) => high - low)) / 2
  const [xLabel, yLabel, heightLabel] = axisLabels(space)
  const axis = (label: string, [low, high]: readonly [number, number]) => {
    const middle = (low + high) / 2
    return { label, scale: 'linear' as const, domain: [middle - reach, middle + reach] as const }
  }
  return {
    kind: 'surface',
    x: axis(xLabel, first),
    y: axis(yLabel, second),
    height: axis(heightLabel, third),
    surfaces: [],
    paths: unitSphere.map((circle, index) => ({
      ...circle,
      curve: 'prior',
      role: 'theory',
      name: index === 0 ? 'prior' : undefined,
    })),
    points: [
      {
        curve: 'mu',
        role: 'neutral',
        roles: Array.from(labels, (label) => digitRoles[label]),
        size: 3,
        emphasis: space.image,
        x,
        y,
        heights,
      },
      ...(switches.samples ? [deepHaze(space, labels)] : []),
    ],
    texts: digitTexts([x, y, heights], labels).map(({ text, at }) => ({
      text,
      x: at[0],
      y: at[1],
      height: at[2],
    })),
    cube: true,
    pick: { from: 0, read: (image) => read(space, labels, pictures, image) },
    note: note(space, whose, false),
    description: description(space, labels, whose, switches),
  }
}

/** Smallest and largest value, and at least −1…1, the prior's one σ. */
function span(values: Float32Array): readonly [number, number] {
  return [
    values.reduce((one, other) => Math.min(one, other), -1),
    values.reduce((one, other) => Math.max(one, other), 1),
  ]
}
