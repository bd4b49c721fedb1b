/**
 * Rows of many fits, divided among all backends that are ready. A fit comes to the same on each of them, so that the
 * division does not change a number.
 */
import type { Backend, FitArguments, FitTarget, Tensor } from '../../compute/backend.ts'
import { readyBackends } from '../common/readyBackends.ts'
import type { FitSetting } from './fitSpace.ts'

/** Fewer rows are not worth the way to another thread. */
const worthDivision = 256

interface Share {
  readonly backend: Backend
  readonly target: FitTarget
  readonly state: Tensor
}

/** Rows below `row` of all that are in this share: row r is in share r mod `shares`. */
const rowsBelow = (row: number, share: number, shares: number) =>
  Math.max(0, Math.ceil((row - share) / shares))

export class DividedRows {
  private readonly shares: readonly Share[]
  private readonly columns: number
  private readonly length: number

  constructor(
    private readonly setting: FitSetting,
    rows: Float32Array,
  ) {
    const { backend, space, targets } = setting
    this.columns = space.columns
    this.length = rows.length / space.columns
    const backends = this.length < worthDivision ? [backend] : readyBackends(backend)
    this.shares = backends.map((one, share) => {
      const own = this.rowsOf(share, backends.length)
      const state = new Float32Array(own.length * space.columns)
      for (const [place, row] of own.entries()) state.set(this.row(rows, row), place * space.columns)
      return {
        backend: one,
        target: targets.on(one),
        state: one.upload(state, [own.length, space.columns]),
      }
    })
  }

  /** Whether further backends have become ready. */
  get outdated(): boolean {
    return this.length >= worthDivision && readyBackends(this.setting.backend).length > this.shares.length
  }

  private rowsOf(share: number, shares: number): number[] {
    return Array.from({ length: rowsBelow(this.length, share, shares) }, (_, place) => place * shares + share)
  }

  private row(rows: Float32Array, row: number): Float32Array {
    return rows.subarray(row * this.columns, (row + 1) * this.columns)
  }

  /** Queues the descent of `fits` rows from `firstFit`; default: all. */
  fit({
    firstFit = 0,
    fits = this.length - firstFit,
    ...rest
  }: Omit<FitArguments, 'state' | 'target' | 'history'>): void {
    const { shares } = this
    // the own backend computes before it returns: the others begin first
    for (const [share, { backend, target, state }] of [...shares.entries()].reverse()) {
      const first = rowsBelow(firstFit, share, shares.length)
      const count = rowsBelow(firstFit + fits, share, shares.length) - first
      if (count > 0) this.setting.space.fit(backend, { ...rest, target, state, firstFit: first, fits: count })
    }
  }

  async finished(): Promise<void> {
    await Promise.all(this.shares.map(({ backend }) => backend.finished()))
  }

  async read(): Promise<Float32Array> {
    const { shares, columns } = this
    const states = await Promise.all(
      shares.map(({ backend, state }) => backend.read(state) as Promise<Float32Array>),
    )
    if (shares.length === 1) return states[0]
    const rows = new Float32Array(this.length * columns)
    for (let row = 0; row < this.length; row++)
      rows.set(this.row(states[row % shares.length], Math.floor(row / shares.length)), row * columns)
    return rows
  }

  dispose(): void {
    for (const { state } of this.shares) state.dispose()
  }
}
