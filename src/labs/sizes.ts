/** The sizes over which a lab's hot loop is compared. */
import type { ParameterValues } from './parameter.ts'

export interface SizeAxis {
  /** The parameter that is the size. */
  readonly parameter: string
  /** The sizes that are measured unless others are asked for, in ascending order. */
  readonly values: readonly number[]
  /** The smallest size of the hot loop, where it is above the smallest value of the parameter, and the reason. */
  readonly from?: readonly [least: number, because: string]
  /** Values that go with every size. */
  readonly along?: ParameterValues
}
