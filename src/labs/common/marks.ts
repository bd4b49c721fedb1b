/** Marks of the labs' charts. A mark without a name has no entry in the legend; one of theory is dashed. */
import type { Mark, Numbers, Role } from '../../stage/contract.ts'

type MarkOf<Kind extends Mark['kind']> = Extract<Mark, { readonly kind: Kind }>
type Name = string | undefined

const through =
  <Kind extends 'line' | 'dots'>(kind: Kind) =>
  (name: Name, role: Role, x: Numbers, y: Numbers, more?: Partial<MarkOf<Kind>>): Mark =>
    ({ kind, name, role, x, y, ...more }) as MarkOf<Kind>

export const line = through('line')
export const dots = through('dots')

export const rule = (
  axis: 'x' | 'y',
  value: number,
  label: Name,
  role: Role = 'neutral',
  more?: Partial<MarkOf<'rule'>>,
): Mark => ({ kind: 'rule', axis, value, label, role, ...more })
