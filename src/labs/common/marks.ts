/** Marks of the labs' charts. A mark without a name has no entry in the legend; one of theory is dashed. */
import type { Mark, Numbers, Role } from '../../stage/contract.ts'

type MarkOf<Kind extends Mark['kind']> = Extract<Mark, { readonly kind: Kind }>
type Name = string | undefined

export const line = (
  name: Name,
  role: Role,
  x: Numbers,
  y: Numbers,
  more?: Partial<MarkOf<'line'>>,
): Mark => ({
  kind: 'line',
  name,
  role,
  x,
  y,
  ...more,
})

export const dots = (
  name: Name,
  role: Role,
  x: Numbers,
  y: Numbers,
  more?: Partial<MarkOf<'dots'>>,
): Mark => ({
  kind: 'dots',
  name,
  role,
  x,
  y,
  ...more,
})

export const rule = (
  axis: 'x' | 'y',
  value: number,
  label: Name,
  role: Role = 'neutral',
  more?: Partial<MarkOf<'rule'>>,
): Mark => ({ kind: 'rule', axis, value, label, role, ...more })
