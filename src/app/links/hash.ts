/** The hash of a link: with all values, or with only those that differ from what the page takes by itself. */
import type { ParameterValues } from '../../labs/parameter.ts'
import { defaults } from '../../labs/validation.ts'
import { type AddressState, formatAddress, linkVersion, meantValues } from '../address.ts'
import { linkTo } from '../link.ts'
import type { Lock } from '../lock.ts'
import { hiddenIds, type State } from '../state.ts'

export interface LinkOptions {
  /** Leaves out the values that the page takes by itself: defaults, and what it measured for this machine. */
  readonly short: boolean
  readonly lock: Lock
}

/** The link to a page of the lab, which leads to the view: a chat shows that page's title and picture. */
export function viewLink(state: State, options: LinkOptions): string {
  const hash = linkHash(state, options)
  // the built site alone has these pages
  return import.meta.env.PROD
    ? new URL(`${state.lab.value.id}.html${hash}`, location.href).href
    : linkTo(hash)
}

export function linkHash(state: State, { short, lock }: LinkOptions): string {
  const { lab, values, lesson, story, look, theme, present, backendChoice } = state
  const view: AddressState = {
    lab: lab.value,
    values: values.value,
    lesson: lesson.value,
    story: story.value,
    look: look.value,
    theme: theme.value,
    present: present.value,
    lock,
    backend: backendChoice.value,
  }
  const named = short ? needed(view, state) : view.values
  return `${formatAddress({ ...view, values: named }, hiddenIds(state))}&v=${linkVersion}`
}

/** The fewest values from which the page opens with all of them. */
function needed(view: AddressState, { measured, file }: State): ParameterValues {
  const { lab, values } = view
  /** The values with which a page opens that names these. */
  const opened = (named: ParameterValues): ParameterValues => {
    const given = meantValues({ ...view, values: named }, file.value)
    return { ...defaults(lab.parameters, given, file.value), ...measured.value, ...given }
  }
  const same = (others: ParameterValues) =>
    lab.parameters.every(({ id }) => Object.is(others[id], values[id]) || !(id in values))
  let kept = values
  // what the values of others decide stands behind them
  for (const { id } of lab.parameters.toReversed()) {
    const { [id]: _, ...rest } = kept
    if (same(opened(rest))) kept = rest
  }
  return kept
}
