/** A shader with the layout of its uniform structure. */
import { type Fields, Layout } from '../layout.ts'

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
