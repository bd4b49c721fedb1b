/** Words, colours and small geometry of the VIB lab's pictures. */
import type { Role } from '../../stage/contract.ts'
import { superscript } from '../../stage/superscript.ts'
import { spoken, spokenPower } from '../common/spoken.ts'
import { fiveDigits, withoutDigits } from '../common/texts.ts'
import type { LatentSpace, ModelFigures } from './frame.ts'

/** Five significant digits; small and large numbers as powers of ten. */
export const five = (value: number) => withoutDigits(value) ?? fiveDigits(value)
export const nats = (value: number) => `${five(value)} nats`
export const percent = (share: number) => (Number.isFinite(share) ? `${(100 * share).toFixed(2)} %` : '–')

/** A β as text: "10⁻³", "0.03", "1". */
export function betaText(beta: number): string {
  const exponent = Math.log10(beta)
  const power = Math.abs(exponent - Math.round(exponent)) < 1e-9 && Math.abs(exponent) > 1.5
  if (!power) return String(Number(beta.toPrecision(3)))
  return `10${superscript(Math.round(exponent))}`
}

/** A β for the ear: "10 to the minus 3", "0.0316". */
export function spokenBeta(beta: number): string {
  const exponent = Math.log10(beta)
  const power = Math.abs(exponent - Math.round(exponent)) < 1e-9 && Math.abs(exponent) > 1.5
  return power ? spokenPower(Math.round(exponent)) : spoken(beta)
}

/** The name of a model: "β = 10⁻³, seed 2". If β was changed since the last step, the new β is named as "not yet". */
export function modelText({ betas, trainedBetas, seeds }: ModelFigures, model: number): string {
  const [set, trained] = [betas[model], trainedBetas[model]]
  return [
    `β = ${betaText(trained)}`,
    ...(set === trained ? [] : [`not yet ${betaText(set)}`]),
    ...(seeds.some((seed) => seed > 0) ? [`seed ${seeds[model] + 1}`] : []),
  ].join(', ')
}

/** A digit's colour. */
export const digitRoles = Array.from({ length: 10 }, (_, digit) => `class${digit}` as Role)

const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values)

/** Labels of the axes of a latent space. */
export function axisLabels({ projection, dimensions }: LatentSpace): readonly string[] {
  if (projection === 'none') return dimensions === 3 ? ['z₁', 'z₂', 'z₃'] : ['z₁', 'z₂']
  return ['1st principal component of μ', '2nd component']
}

/** Each digit with the mean position of its images; nothing while all digits lie in the same place. */
export function digitTexts(columns: readonly Float32Array[], labels: Uint8Array) {
  const counts = new Uint32Array(10)
  for (let image = 0; image < labels.length; image++) counts[labels[image]]++
  const centres = columns.map((values) => {
    const sums = new Float64Array(10)
    for (let image = 0; image < labels.length; image++) sums[labels[image]] += values[image]
    return sums
  })
  const texts = Array.from(counts, (count, digit) => ({
    text: String(digit),
    at: centres.map((sums) => sums[digit] / count),
  })).filter((_, digit) => counts[digit] > 0)
  const reach = Math.max(...columns.map((_, axis) => spread(texts.map(({ at }) => at[axis]))))
  // less than the prior's σ apart: the code does not distinguish digits
  return reach > 1 ? texts : []
}

export function median(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).sort((one, other) => one - other)
  if (sorted.length === 0) return Number.NaN
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
