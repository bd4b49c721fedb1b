/** A shader with the layout of its uniform structure, and the fields that many shaders have. */
import { type Fields, Layout, u32 } from '../layout.ts'
import type { CheckedMatrices } from '../matrices.ts'

export class Shader<F extends Fields = Fields> {
  /** Of the structure at binding 0. */
  readonly layout: Layout<F>

  constructor(
    readonly name: string,
    readonly source: string,
    fields: F,
  ) {
    this.layout = new Layout(fields)
  }
}

type ReadName<Name extends string> = `${Name}Offset` | `${Name}Stride` | `${Name}Period`
type WrittenName<Name extends string> = `${Name}Offset` | `${Name}Stride`

/** The fields by which a kernel finds every model's matrix: of one that it reads, and of one that it writes. */
export const readFields = <Name extends string>(name: Name) =>
  u32(`${name}Offset`, `${name}Stride`, `${name}Period`)
export const writtenFields = <Name extends string>(name: Name) => u32(`${name}Offset`, `${name}Stride`)

/** The values of those fields. */
export const readPlace = <Name extends string>(
  name: Name,
  { offset, stride, period }: Pick<CheckedMatrices<never>, 'offset' | 'stride' | 'period'>,
) =>
  ({ [`${name}Offset`]: offset, [`${name}Stride`]: stride, [`${name}Period`]: period }) as {
    readonly [Field in ReadName<Name>]: number
  }
export const writtenPlace = <Name extends string>(
  name: Name,
  { offset, stride }: Pick<CheckedMatrices<never>, 'offset' | 'stride'>,
) =>
  ({ [`${name}Offset`]: offset, [`${name}Stride`]: stride }) as {
    readonly [Field in WrittenName<Name>]: number
  }
