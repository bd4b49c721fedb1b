import type { Tensor } from '../backend.ts'
import { Arguments, described } from './arguments.ts'
import { type Context, copyMatrix, roundUp } from './context.ts'
import type { Kernel } from './pipelines.ts'
import { unsigned } from './queue.ts'
import { normals, timed } from './trial.ts'
import { type Variant, Variants } from './variants.ts'

/** Rows and columns of an output tile, and tiles that one workgroup computes. */
const tiles = {
  register: { size: 16, perWorkgroup: 4 },
  workgroup: { size: 64, perWorkgroup: 1 },
} as const

interface ProductSize {
  readonly m: number
  readonly k: number
  readonly n: number
}

/** output [m, n] = left [m, k] · right [k, n]. */
export class MatrixProduct {
  readonly variants: Variants

  constructor(private readonly context: Context) {
    this.variants = new Variants(context, {
      compile: (variant) => this.kernel(variant),
      trial: (variant, work) => this.trial(variant, work),
    })
  }

  run(output: Tensor, left: Tensor, right: Tensor): void {
    const { memory, queue } = this.context
    const given = new Arguments('matrixProduct', memory)
    const a = given.matrix('left', left)
    const b = given.matrix('right', right)
    const to = given.matrix('output', output)
    const [m, k] = a.shape
    const n = b.shape[1]
    given.shape('right', b, [k, n], described('left', a))
    given.shape('output', to, [m, n], `${described('left', a)} · ${described('right', b)}`)
    if (to === a || to === b) given.fail('output must not be one of the factors.')
    let leftBuffer = a.buffer
    let rightBuffer = b.buffer

    // the kernels read vectors of 4 along k and n: other sizes go through copies padded with zeros
    const size = { m, k: roundUp(k, 4), n: roundUp(n, 4) }
    if (size.k !== k) {
      const copy = memory.scratch('the left matrix', 4 * m * size.k)
      copyMatrix(this.context, leftBuffer, { rows: m, columns: k }, copy, { rows: m, columns: size.k })
      leftBuffer = copy
    }
    if (size.k !== k || size.n !== n) {
      const copy = memory.scratch('the right matrix', 4 * size.k * size.n)
      copyMatrix(this.context, rightBuffer, { rows: k, columns: n }, copy, { rows: size.k, columns: size.n })
      rightBuffer = copy
    }
    const target = size.n === n ? to.buffer : memory.scratch('the product', 4 * m * size.n)
    const buffers = [target, leftBuffer, rightBuffer]
    queue.enqueue(() => {
      const variant = this.variants.for(m * k * n)
      return typeof variant === 'string'
        ? this.encode(variant, size, buffers)
        : variant.then((measured) => this.encode(measured, size, buffers))
    })
    if (target !== to.buffer)
      copyMatrix(this.context, target, { rows: m, columns: n, stride: size.n }, to.buffer, {
        rows: m,
        columns: n,
      })
  }

  private kernel(variant: Variant): Kernel {
    return this.context.pipelines.get('matrixProduct', `${variant}Tile`)
  }

  /** Records the product, cut into dispatches that are each short enough for one submission. */
  private encode(variant: Variant, { m, k, n }: ProductSize, buffers: GPUBuffer[]): void | Promise<void> {
    const { size, perWorkgroup } = tiles[variant]
    return this.context.queue.encodeTiled({
      kernel: this.kernel(variant),
      tiles: Math.ceil(m / size) * Math.ceil(n / size),
      perWorkgroup,
      tileWork: size * size * k,
      parameters: (first, end) => [m, k / 4, n / 4, first, end].map(unsigned),
      buffers,
    })
  }

  /** A square product of normals, timed. */
  private async trial(variant: Variant, work: number): Promise<number> {
    const edge = roundUp(Math.cbrt(work), 4)
    const buffers = await Promise.all([0, 1, 2].map((stream) => normals(this.context, edge * edge, stream)))
    const size = { m: edge, k: edge, n: edge }
    const milliseconds = await timed(this.context, () => this.encode(variant, size, buffers))
    for (const buffer of buffers) buffer.destroy()
    return milliseconds
  }
}
