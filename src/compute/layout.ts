/** A structure in memory that a kernel reads: its fields, declared once, and given by name. */

/** The types that are in use, with their numbers of 32-bit words. */
const words = {
  ...{ u32: 1, i32: 1, usize: 1, f32: 1, vec2f: 2, 'array<vec4f, 6>': 24 },
  // where every model's matrix lies: fields nameOffset, nameStride, and of one that is only read namePeriod
  ...{ written: 2, read: 3 },
} as const
const parts = ['Offset', 'Stride', 'Period']

/** Where every model's matrix lies, in elements: see `Matrices`. */
interface Place {
  readonly offset: number
  readonly stride: number
  readonly period: number
}

export type FieldType = keyof typeof words
export type Fields = Readonly<Record<string, FieldType>>

/** The value of each field: a flag or a number, the numbers of a vector, or where matrices lie. */
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
  /** In the structure's order, which must need no padding between them. `offset` in bytes. */
  private readonly fields: readonly {
    readonly name: string
    readonly type: FieldType
    readonly offset: number
  }[]
  /** Bytes of the structure, in whole vectors. */
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
   * Writes the structure as the kernel reads it. `values` should be one flat literal: an object that is put together
   * of several takes a hundred times as long.
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
