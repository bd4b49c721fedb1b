/** What a saved picture or file says of itself: lab, parameters, seed, step, backend, version, link. */
import { version } from '../../../package.json'
import type { MetricValue } from '../../labs/experiment.ts'
import type { Parameter, ParameterValue, ParameterValues } from '../../labs/parameter.ts'
import { relevant } from '../../labs/parameter.ts'
import { defaults } from '../../labs/validation.ts'
import { backendNames } from '../backendNames.ts'
import { formatField } from '../format.ts'
import { viewLink } from '../links/hash.ts'
import { hiddenIds, type State } from '../state.ts'

export interface About {
  readonly natlab: string
  readonly lab: string
  readonly title: string
  readonly step: number | null
  /** The state at this step is complete. */
  readonly ready: boolean
  readonly seed?: ParameterValue
  readonly backend: { readonly kind: string; readonly adapter: string; readonly software: boolean } | null
  /** All that play a part, without those that would answer the open question. */
  readonly parameters: ParameterValues
  readonly units: Readonly<Record<string, string>>
  readonly metrics: Readonly<Record<string, MetricValue>>
  readonly link: string
}

export function aboutNow(state: State): About {
  const lab = state.lab.peek()
  const frame = state.frames.shown.peek()
  const hidden = hiddenIds(state)
  const told = <Value>(named: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(named).filter(([id]) => !hidden.includes(id)))
  const values = frame?.values ?? state.values.peek()
  const parameters = told(relevant(lab.parameters, values))
  const metrics = told(frame?.metrics ?? {})
  const units = [
    ...lab.parameters,
    ...lab.readouts.map(({ metric, unit }) => ({ id: metric, unit })),
  ].flatMap(({ id, unit }) => (unit && (id in parameters || id in metrics) ? [[id, unit] as const] : []))
  const backend = state.backend.peek()
  return {
    natlab: version,
    lab: lab.id,
    title: lab.title,
    step: frame?.step ?? null,
    ready: frame?.ready ?? false,
    seed: parameters.seed,
    backend: backend && { kind: backend.kind, adapter: backend.adapter, software: backend.software },
    parameters,
    units: Object.fromEntries(units),
    metrics,
    // all values: a short link leaves out what another machine may choose otherwise
    link: viewLink(state, { short: false, lock: state.lock.peek() }),
  }
}

/** A value as a reader writes it: "2", "0.02", "on", "Xavier". */
function valueText(parameter: Parameter, value: ParameterValue): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (parameter.kind === 'choice')
    return parameter.options.find((option) => option.value === value)?.label ?? String(value)
  return typeof value === 'number' ? formatField(value) : value
}

/** "Learning rate 0.01" for each parameter that differs from its default. */
function differing(state: State, { parameters, units }: About): readonly string[] {
  const lab = state.lab.peek()
  const usual = defaults(lab.parameters, {}, state.file.peek())
  return lab.parameters
    .filter(({ id }) => id !== 'seed' && id in parameters && parameters[id] !== usual[id])
    .map(
      (one) =>
        `${one.label} ${valueText(one, parameters[one.id])}${units[one.id] ? ` ${units[one.id]}` : ''}`,
    )
}

export function backendText({ backend }: About): string {
  if (!backend) return 'no backend yet'
  const name = backendNames[backend.kind as keyof typeof backendNames]
  return `${name}${backend.adapter ? ` (${backend.adapter})` : ''}`
}

/** The lines under a picture. */
export function footerOf(state: State, about: About): readonly string[] {
  const others = differing(state, about)
  const facts = [
    ...(others.length > 0 ? [others.join(', ')] : ['all parameters at their defaults']),
    ...(about.seed === undefined ? [] : [`seed ${about.seed}`]),
    about.step === null ? 'no step yet' : `step ${about.step}${about.ready ? '' : ' (partial result)'}`,
    backendText(about),
    `natlab ${about.natlab}`,
  ]
  return [`${about.title} · ${facts.join(' · ')}`, about.link]
}

/** The name of a file: lab, step, and what is in it. */
export const fileName = ({ lab, step }: About, what: string, extension: string): string =>
  `natlab-${lab}-step-${step ?? 0}${what && `-${what}`}.${extension}`
