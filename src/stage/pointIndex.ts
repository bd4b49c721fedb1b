/** Places of a mark's dots on the screen, sorted into square cells, so that the nearest dot is found quickly. */
import { contains, type Point } from './labels.ts'
import type { Frame, MarkOf } from './marks/drawing.ts'

export class PointIndex {
  private readonly x: Float64Array
  private readonly y: Float64Array
  private readonly left: number
  private readonly top: number
  private readonly columns: number
  private readonly rows: number
  /** [cells + 1]: first index in `order` of each cell's dots. */
  private readonly starts: Uint32Array
  private readonly order: Uint32Array
  /** CSS pixels: largest distance of a dot that is found, and side of a cell. */
  private readonly reach: number

  /** Dots outside the plot, or without a place, are never found. */
  constructor(mark: MarkOf<'dots'>, frame: Frame, reach: number) {
    const { left, top, width, height } = frame.plot
    const count = Math.min(mark.x.length, mark.y.length)
    this.reach = reach
    this.left = left - 0.5
    this.top = top - 0.5
    this.columns = Math.floor((width + 1) / reach) + 1
    this.rows = Math.floor((height + 1) / reach) + 1
    this.x = new Float64Array(count)
    this.y = new Float64Array(count)
    const cells = new Int32Array(count).fill(-1)
    const starts = new Uint32Array(this.columns * this.rows + 1)
    for (let index = 0; index < count; index++) {
      const x = frame.x(mark.x[index])
      const y = frame.y(mark.y[index])
      const inside = contains(frame.plot, { x, y }, 0.5)
      this.x[index] = inside ? x : Number.NaN
      this.y[index] = inside ? y : Number.NaN
      if (!inside) continue
      cells[index] = this.row(y) * this.columns + this.column(x)
      starts[cells[index] + 1]++
    }
    for (let cell = 1; cell < starts.length; cell++) starts[cell] += starts[cell - 1]
    this.order = new Uint32Array(starts[starts.length - 1])
    const next = starts.slice()
    for (let index = 0; index < count; index++)
      if (cells[index] >= 0) this.order[next[cells[index]]++] = index
    this.starts = starts
  }

  /** A dot's place; undefined where it is not visible. */
  place(index: number): Point | undefined {
    // also false for NaN and for an index outside the list
    return this.x[index] >= 0 ? { x: this.x[index], y: this.y[index] } : undefined
  }

  /** The dot nearest to a pixel, within the reach; of several equally near ones, the dot drawn last. */
  nearest(x: number, y: number): number | undefined {
    let best: number | undefined
    let closest = this.reach ** 2
    const [column, row] = [this.column(x), this.row(y)]
    for (let near = Math.max(0, row - 1); near <= Math.min(this.rows - 1, row + 1); near++) {
      const first = near * this.columns + Math.max(0, column - 1)
      const last = near * this.columns + Math.min(this.columns - 1, column + 1)
      if (first > last) continue
      for (let at = this.starts[first]; at < this.starts[last + 1]; at++) {
        const index = this.order[at]
        const away = (this.x[index] - x) ** 2 + (this.y[index] - y) ** 2
        if (away > closest || (away === closest && best !== undefined && index < best)) continue
        closest = away
        best = index
      }
    }
    return best
  }

  /**
   * The dot nearest to a pixel in the quarter of an arrow key's direction (`across` and `down` are −1, 0 or 1); if that
   * is empty, the dot ahead that lies least to the side.
   */
  towards({ x, y }: Point, across: number, down: number): number | undefined {
    let best: number | undefined
    let least = Infinity
    for (const index of this.order) {
      const ahead = (this.x[index] - x) * across + (this.y[index] - y) * down
      const aside = Math.abs((this.x[index] - x) * down + (this.y[index] - y) * across)
      if (!(ahead > 0.5)) continue
      // outside the quarter: chosen only if nothing is inside it
      const cost = aside <= ahead ? Math.hypot(ahead, aside) : 1e6 + ahead + 4 * aside
      if (cost >= least) continue
      least = cost
      best = index
    }
    return best
  }

  /** The first visible dot, or with `direction` −1 the last. */
  end(direction: 1 | -1): number | undefined {
    const later = (a: number, b: number) => (a - b) * direction > 0
    return this.order.reduce<number | undefined>(
      (best, index) => (best === undefined || later(best, index) ? index : best),
      undefined,
    )
  }

  private column(x: number): number {
    return Math.floor((x - this.left) / this.reach)
  }

  private row(y: number): number {
    return Math.floor((y - this.top) / this.reach)
  }
}
