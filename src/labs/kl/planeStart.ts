/** Gaussians in the plane by standard deviations and correlation: as texts, and as the parameters of the start. */

import { spoken, spokenPlace } from '../common/spoken.ts'
import type { ParameterValues } from '../parameter.ts'
import type { PlaneFit } from './frame.ts'
import { clamp, four, meanText, startMean } from './texts.ts'

type Gaussian = Pick<PlaneFit, 'mean' | 'covariance'>

/** σx, σy, ρ. */
function shapeOf([xx, xy, yy]: PlaneFit['covariance']): [number, number, number] {
  return [Math.sqrt(xx), Math.sqrt(yy), xy / Math.sqrt(xx * yy)]
}

/** Table cells for μ, σ and ρ. */
export function gaussianCells({ mean, covariance }: Gaussian): [string, string, string] {
  const [sdX, sdY, rho] = shapeOf(covariance)
  return [
    `${meanText(mean[0], 10 * sdX)}, ${meanText(mean[1], 10 * sdY)}`,
    `${four(sdX)}, ${four(sdY)}`,
    // 0 is written without a sign
    (Math.round(100 * rho) / 100 + 0).toFixed(2).replace('-', '−'),
  ]
}

/** "μ 0, 0; σ 1.764, 0.3395; ρ 0.00": no brackets, since the first cell of a table is a part of this name. */
export function gaussianText(gaussian: Gaussian): string {
  const [mean, sds, rho] = gaussianCells(gaussian)
  return `μ ${mean}; σ ${sds}; ρ ${rho}`
}

/** The same for the ear. */
export function spokenGaussian({ mean: [x, y], covariance }: Gaussian): string {
  const [sdX, sdY, rho] = shapeOf(covariance)
  return `mean ${spokenPlace(x, sdX)} and ${spokenPlace(y, sdY)}, σ ${spoken(sdX)} and ${spoken(sdY)}, correlation ${spokenPlace(rho, 1)}`
}

const sixDigits = (value: number) => Number(value.toPrecision(6))

/** Parameters that let Q start as this Gaussian, to six digits. */
export function startPatch({ mean, covariance }: Gaussian): ParameterValues {
  const [sdX, sdY, rho] = shapeOf(covariance)
  return {
    mu0: startMean(mean[0], sdX),
    mu0Y: startMean(mean[1], sdY),
    sigma0: clamp(sixDigits(sdX), 1e-3, 100),
    sigmaRatio0: clamp(sixDigits(sdY / sdX), 0.01, 100),
    rho0: clamp(sixDigits(rho), -0.99, 0.99),
  }
}

/** Whether a fit has reached a minimum. Shapes are compared, too: minima of a cross have the same mean. */
export function arrived(fit: Gaussian, minimum: Gaussian): boolean {
  const [one, other] = [shapeOf(fit.covariance), shapeOf(minimum.covariance)]
  return (
    [0, 1].every((axis) => Math.abs(fit.mean[axis] - minimum.mean[axis]) < 0.05 * other[axis]) &&
    [0, 1].every((axis) => Math.abs(Math.log(one[axis] / other[axis])) < 0.05) &&
    Math.abs(one[2] - other[2]) < 0.05
  )
}
