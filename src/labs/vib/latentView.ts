/** Pictures of a latent space: flat with the decoder's regions behind the points, or three-dimensional. */
import type { ChartContent, Mark, PointReading, SurfaceContent } from '../../stage/contract.ts'
import type { Domain, LatentSpace } from './frame.ts'
import { axisLabels, betaText, column, digitRoles, ellipse, five, nats } from './viewParts.ts'

export interface LatentSwitches {
  readonly regions: boolean
  readonly samples: boolean
  readonly ellipses: boolean
}

/** All validation images' pixels, once they have been asked for. */
export interface Pictures {
  readonly pixels: Uint8Array
  readonly side: number
}

const unitCircle = ellipse(0, 0, 1, 0, 1)

function note(space: LatentSpace, anonymous: boolean): string | undefined {
  if (space.stoppedAt >= 0)
    return `its loss was no longer finite at step ${space.stoppedAt}: shown as it was before`
  return anonymous ? undefined : `β = ${betaText(space.beta)}`
}

function description(space: LatentSpace, labels: Uint8Array, anonymous: boolean): string {
  let right = 0
  for (const [image, label] of labels.entries()) if (space.predictions[image] === label) right++
  const share = labels.length > 0 ? `${((100 * right) / labels.length).toFixed(1)} %` : 'none'
  const rate = space.rates.reduce((sum, value) => sum + value, 0) / Math.max(1, space.rates.length)
  const which = anonymous ? 'a model whose β is not told' : `the model with β = ${betaText(space.beta)}`
  return `Means of ${labels.length} validation images in the latent space of ${which}, coloured by digit; ${share} predicted right, mean rate ${nats(rate)}.`
}

function read(
  space: LatentSpace,
  labels: Uint8Array,
  pictures: Pictures | undefined,
  image: number,
): PointReading {
  const { dimensions, means, deviations, predictions, rates } = space
  const at = (values: Float32Array) =>
    Array.from({ length: dimensions }, (_, index) => five(values[image * dimensions + index])).join(', ')
  const size = pictures ? pictures.side ** 2 : 0
  return {
    title: `a ${labels[image]}`,
    rows: [
      { label: 'predicted', value: String(predictions[image]) },
      { label: 'KL', value: nats(rates[image]) },
      { label: 'μ', value: at(means) },
      { label: 'σ', value: at(deviations) },
    ],
    picture: pictures && {
      pixels: pictures.pixels.subarray(image * size, (image + 1) * size),
      side: pictures.side,
    },
  }
}

export function flatContent(
  space: LatentSpace,
  labels: Uint8Array,
  domain: Domain,
  switches: LatentSwitches,
  pictures: Pictures | undefined,
  anonymous: boolean,
): ChartContent {
  const [xLabel, yLabel] = axisLabels(space)
  const { regions, dimensions, means, samples, sampleImages, chosen, covariances } = space
  const marks: Mark[] = []
  if (switches.regions && regions)
    marks.push({
      kind: 'raster',
      role: 'neutral',
      ...regions.domain,
      columns: regions.columns,
      rows: regions.rows,
      values: regions.digits,
      roles: digitRoles,
      strength: regions.probabilities,
      opacity: 0.35,
    })
  marks.push({ kind: 'line', name: 'prior, one σ', role: 'theory', dashed: true, ...unitCircle })
  if (switches.samples)
    marks.push({
      kind: 'dots',
      role: 'neutral',
      roles: Array.from(sampleImages, (image) => digitRoles[labels[image]]),
      size: 3,
      opacity: 0.45,
      x: column(samples, dimensions, 0),
      y: column(samples, dimensions, 1),
    })
  const points = marks.length
  marks.push({
    kind: 'dots',
    role: 'neutral',
    roles: Array.from(labels, (label) => digitRoles[label]),
    size: 3.5,
    x: column(means, dimensions, 0),
    y: column(means, dimensions, 1),
  })
  if (switches.ellipses)
    for (const [index, image] of chosen.entries())
      marks.push({
        kind: 'line',
        role: digitRoles[labels[image]],
        width: 2,
        ...ellipse(
          means[image * dimensions],
          means[image * dimensions + 1],
          covariances[3 * index],
          covariances[3 * index + 1],
          covariances[3 * index + 2],
        ),
      })
  return {
    x: { label: xLabel, scale: 'linear', domain: domain.x },
    y: { label: yLabel, scale: 'linear', domain: domain.y },
    marks,
    pick: { mark: points, read: (image) => read(space, labels, pictures, image) },
    note: note(space, anonymous),
    description: description(space, labels, anonymous),
    format: five,
  }
}

export function deepContent(space: LatentSpace, labels: Uint8Array, anonymous: boolean): SurfaceContent {
  const axis = (index: number, domain?: readonly [number, number]) => ({
    label: axisLabels(space)[index],
    scale: 'linear' as const,
    domain: domain ?? span(column(space.means, 3, index)),
  })
  return {
    kind: 'surface',
    x: axis(0, space.domain.x),
    y: axis(1, space.domain.y),
    height: axis(2),
    surfaces: [],
    paths: [],
    points: [
      {
        role: 'neutral',
        roles: Array.from(labels, (label) => digitRoles[label]),
        size: 3.5,
        x: column(space.means, 3, 0),
        y: column(space.means, 3, 1),
        heights: column(space.means, 3, 2),
      },
    ],
    note: note(space, anonymous),
    description: description(space, labels, anonymous),
  }
}

/** Smallest and largest; at least as wide as the prior's one σ. */
function span(values: Float32Array): [number, number] {
  return [
    values.reduce((one, other) => Math.min(one, other), -1),
    values.reduce((one, other) => Math.max(one, other), 1),
  ]
}

/** The smallest window that holds all of them. */
export function union(domains: readonly Domain[]): Domain {
  const side = (axis: 'x' | 'y'): [number, number] => [
    Math.min(...domains.map((one) => one[axis][0])),
    Math.max(...domains.map((one) => one[axis][1])),
  ]
  return { x: side('x'), y: side('y') }
}
