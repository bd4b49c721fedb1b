/** A shader with the layout of its uniform structure. */
import { type Fields, Layout } from '../layout.ts'

/** Begins a line before each file that is joined; the built page has none. */
export const fileMark = '// file '

/** All of them. */
export const shaders: Shader[] = []

export class Shader<F extends Fields = Fields> {
  /** Layout of the structure `call`, at binding 0. */
  readonly layout: Layout<F>
  readonly source: string

  constructor(
    readonly name: string,
    written: string,
    fields: F,
  ) {
    this.layout = new Layout(fields)
    // behind the files, whose lines keep their numbers
    this.source = `${written}\n${declaration(this.layout)}`
    shaders.push(this)
  }

  /** "isNan.wgsl, line 3: " for a line of the source, counted from 1; empty if no mark names the file. */
  place(line: number): string {
    // 0 where the compiler does not tell
    if (!(line > 0)) return ''
    const before = this.source.split('\n').slice(0, line)
    const mark = before.findLastIndex((one) => one.startsWith(fileMark))
    return mark < 0 ? '' : `${before[mark].slice(fileMark.length)}, line ${line - mark - 1}: `
  }
}

/** The structure in WGSL, which no file repeats. */
function declaration({ places }: Layout): string {
  const members = places.map(({ name, type }) => `${name}: ${type},`)
  return ['struct Call {', ...members, '}', '@group(0) @binding(0) var<uniform> call: Call;'].join('\n')
}
