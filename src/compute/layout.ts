/** A structure in memory that a kernel reads. Its fields are declared once, and their values are given by name. */

/** The types of fields, with their numbers of 32-bit words. */
const words = {
  ...{ u32: 1, i32: 1, usize: 1, f32: 1, vec2f: 2, 'array<vec4f, 6>': 24 },
  // place of every model's matrix: fields nameOffset, nameStride, and namePeriod for a matrix that is only read
  ...{ written: 2, read: 3 },
} as const
const parts = ['Offset', 'Stride', 'Period']

/** Place of every model's matrix, in elements: see `Matrices`. */
interface Place {
  readonly offset: number
  readonly stride: number
  readonly period: number
}

export type FieldType = keyof typeof words
export type Fields = Readonly<Record<string, FieldType>>

/** The value of each field: a flag or a number, the numbers of a vector, or the place of matrices. */
export type Values<F extends Fields> = {
  readonly [Name in keyof F]: F[Name] extends 'vec2f' | 'array<vec4f, 6>'
    ? readonly number[]
    : F[Name] extends 'read' | 'written'
      ? Place
      : number | boolean
}

const fieldsOf =
  <Type extends FieldType>(type: Type) =>
  <Name extends string>(...names: Name[]) =>
    Object.fromEntries(names.map((name) => [name, type])) as { readonly [Field in Name]: Type }

/** Fields of one type that follow one another. */
export const u32 = fieldsOf('u32')
export const i32 = fieldsOf('i32')
export const usize = fieldsOf('usize')
export const f32 = fieldsOf('f32')
export const read = fieldsOf('read')
export const written = fieldsOf('written')

export class Layout<F extends Fields = Fields> {
  /** Fields in the structure's order. This order must need no padding between them. `offset` in bytes. */
  private readonly fields: readonly {
    readonly name: string
    readonly type: FieldType
    readonly offset: number
  }[]
  /** Size of the structure in bytes, a whole number of vectors. */
  readonly size: number

  constructor(fields: F) {
    let size = 0
    this.fields = Object.entries(fields).map(([name, type]) => {
      const offset = size
      size += 4 * words[type]
      return { name, type, offset }
    })
    this.size = Math.ceil(size / 16) * 16
  }

  /** The fields as the structure has them. */
  get places() {
    return this.fields.flatMap(({ name, type, offset }) =>
      type === 'read' || type === 'written'
        ? parts
            .slice(0, words[type])
            .map((part, i) => ({ name: name + part, type: 'u32', offset: offset + 4 * i }))
        : { name, type, offset },
    )
  }

  /**
   * Writes the structure as the kernel reads it. `values` should be one flat literal: an object that is built from
   * several objects takes a hundred times as long.
   */
  write(view: DataView, values: Values<F>): void {
    for (const { name, type, offset } of this.fields) {
      const value: number | boolean | readonly number[] | Place = values[name]
      if (typeof value !== 'object')
        if (type === 'f32') view.setFloat32(offset, Number(value), true)
        else view.setUint32(offset, Number(value), true)
      else if ('stride' in value) {
        view.setUint32(offset, value.offset, true)
        view.setUint32(offset + 4, value.stride, true)
        if (type === 'read') view.setUint32(offset + 8, value.period, true)
      } else for (const [i, number] of value.entries()) view.setFloat32(offset + 4 * i, number, true)
    }
  }
}
