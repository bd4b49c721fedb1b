/** The handles of the KL lab in the plane, and the changes that they make. Both depend only on the set parameters. */

import type { PlaneComponent } from '../../compute/backend.ts'
import type { Handle, HandleEvent } from '../../stage/contract.ts'
import type { ParameterValues } from '../parameter.ts'
import { roles } from './colours.ts'
import { formatPlaneComponents, mostComponents } from './components.ts'
import type { KlValues } from './parameters.ts'
import { gaussianText } from './planeStart.ts'
import { planeComponents } from './targets.ts'
import { clamp, five } from './texts.ts'
import { modeOf } from './viewParts.ts'

/** Handles for P's modes and for the start of Q; undefined for values of another family. */
export function planeHandles(values: KlValues): readonly Handle[] | undefined {
  const { family, mu0, mu0Y, sigma0, sigmaRatio0, rho0, covariance: shape } = values
  if (family !== 'gaussian2d') return undefined
  const [sdY, rho] = [sigmaRatio0 * sigma0, shape === 'full' ? rho0 : 0]
  return [
    ...planeComponents(values).map(
      ({ weight, mean, covariance }, index): Handle => ({
        id: `mode:${index}`,
        x: mean[0],
        y: mean[1],
        role: roles.target,
        label: `mode ${index + 1} of P: mean (${mean.map(five).join(', ')}), weight ${five(weight)}`,
        moves: 'both',
        step: 0.1 * Math.sqrt(Math.min(covariance[0], covariance[2])),
      }),
    ),
    {
      id: 'start',
      x: mu0,
      y: mu0Y,
      role: 'neutral',
      label: `start of Q: ${gaussianText({ mean: [mu0, mu0Y], covariance: [sigma0 ** 2, rho * sigma0 * sdY, sdY ** 2] })}`,
      moves: 'both',
      step: 0.1 * Math.min(sigma0, sdY),
    },
  ]
}

/** The changed parameters after a handle was dragged or widened, or a mode added or removed. */
export function planePatch(event: HandleEvent, now: KlValues): ParameterValues | undefined {
  const { family, sigma0 } = now
  if (family !== 'gaussian2d') return undefined
  const components = planeComponents(now)
  const custom = (next: readonly PlaneComponent[]) => ({
    target: 'custom',
    planeComponents: formatPlaneComponents(next),
  })
  const index = modeOf(event)
  const changed = (change: (one: PlaneComponent) => PlaneComponent) =>
    custom(components.map((one, at) => (at === index ? change(one) : one)))
  switch (event.kind) {
    case 'add': {
      if (components.length >= mostComponents) return undefined
      const mean: PlaneComponent['mean'] = [clamp(event.x, -20, 20), clamp(event.y, -20, 20)]
      return custom([...components, { weight: 1 / components.length, mean, covariance: [0.5, 0, 0.5] }])
    }
    case 'remove':
      return index === undefined || components.length === 1
        ? undefined
        : custom(components.filter((_, at) => at !== index))
    case 'widen': {
      if (event.id === 'start') return { sigma0: clamp(sigma0 * event.factor, 1e-3, 100) }
      return changed((one) => {
        const [xx, , yy] = one.covariance
        const factor = clamp(
          event.factor,
          0.05 / Math.sqrt(Math.min(xx, yy)),
          20 / Math.sqrt(Math.max(xx, yy)),
        )
        return {
          ...one,
          covariance: one.covariance.map(
            (value) => value * factor ** 2,
          ) as unknown as PlaneComponent['covariance'],
        }
      })
    }
    case 'move': {
      const [x, y] = [clamp(event.x, -20, 20), clamp(event.y, -20, 20)]
      if (event.id === 'start') return { mu0: Number(x.toPrecision(6)), mu0Y: Number(y.toPrecision(6)) }
      return changed((one) => ({ ...one, mean: [x, y] }))
    }
  }
}
