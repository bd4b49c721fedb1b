/** The handles of the KL lab on the line, and the changes that they make. Both depend only on the set parameters. */

import type { MixtureComponent } from '../../compute/backend.ts'
import type { Handle, HandleEvent } from '../../stage/contract.ts'
import type { ParameterValues } from '../parameter.ts'
import { roles } from './colours.ts'
import { formatComponents, mostComponents } from './components.ts'
import { farthest, type KlValues } from './parameters.ts'
import { lineComponents } from './targets.ts'
import { clamp, five } from './texts.ts'
import { logMixture } from './theory.ts'
import { modeOf } from './viewParts.ts'

/** Handles for P's modes and for the start of Q; undefined for values of another family. */
export function lineHandles(values: KlValues): readonly Handle[] | undefined {
  const { family, mu0, sigma0 } = values
  if (family !== 'gaussian1d') return undefined
  const components = lineComponents(values)
  return [
    ...components.map(
      ({ weight, mean, sd }, index): Handle => ({
        id: `mode:${index}`,
        x: mean,
        y: Math.exp(logMixture(components, mean)),
        role: roles.target,
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

/** The changed parameters after a handle was dragged or widened, or a mode added or removed. */
export function linePatch(event: HandleEvent, now: KlValues): ParameterValues | undefined {
  const { family, target, mu0, sigma0 } = now
  if (family !== 'gaussian1d') return undefined
  const components = lineComponents(now)
  const custom = (next: readonly MixtureComponent[]) => ({
    target: 'custom',
    components: formatComponents(next),
  })
  const index = modeOf(event)
  // both modes of a pair move, so that it stays symmetric
  if (target === 'pair' && event.kind === 'move' && index !== undefined)
    return { distance: clamp(Number((index === 0 ? -event.x : event.x).toPrecision(6)), 0, farthest) }
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
