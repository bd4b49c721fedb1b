/** A structure in memory that a kernel reads: its fields, declared once, and given by name. */

/** The types that are in use, with their numbers of 32-bit words. */
const words = { u32: 1, i32: 1, usize: 1, f32: 1, vec2f: 2, 'array<vec4f, 6>': 24 } as const

export type FieldType = keyof typeof words
export type Fields = Readonly<Record<string, FieldType>>

/** The value of each field: a flag or a number, or the numbers of a vector. */
export type Values<F extends Fields> = {
  readonly [Name in keyof F]: F[Name] extends 'vec2f' | 'array<vec4f, 6>'
    ? readonly number[]
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

export class Layout<F extends Fields = Fields> {
  /** In the structure's order, which must need no padding between them. `offset` in bytes. */
  readonly places: readonly { readonly name: string; readonly type: FieldType; readonly offset: number }[]
  /** Bytes of the structure, in whole vectors. */
  readonly size: number

  constructor(fields: F) {
    let size = 0
    this.places = Object.entries(fields).map(([name, type]) => {
      const offset = size
      size += 4 * words[type]
      return { name, type, offset }
    })
    this.size = Math.ceil(size / 16) * 16
  }

  /** Writes the structure as the kernel reads it. */
  write(view: DataView, values: Values<F>): void {
    for (const { name, type, offset } of this.places) {
      const value: number | boolean | readonly number[] = values[name]
      if (typeof value === 'object')
        for (const [i, number] of value.entries()) view.setFloat32(offset + 4 * i, number, true)
      else if (type === 'f32') view.setFloat32(offset, Number(value), true)
      else view.setUint32(offset, Number(value), true)
    }
  }
}
