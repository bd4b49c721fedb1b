import { BLOCK, own } from './own'
import { DRAWN, philox, words } from './philox'
import { transpose } from './vector'

/** output [rows, columns] uint32: the stream's words, rows `firstRow`…. */
export function randomBits(
  output: usize, rows: i32, columns: i32, firstRow: u32, stream: u32, batch: u32, seed: u32,
): void {
  const block = own + BLOCK
  const drawn = words()
  for (let i = 0; i < rows; i++) {
    for (let column = 0; column < columns; column += DRAWN) {
      philox(column >> 2, firstRow + i, stream, batch, seed)
      const count = min(DRAWN, columns - column)
      const target = count == DRAWN ? output : block
      transpose(target, drawn)
      transpose(target + 64, drawn + 64)
      if (count < DRAWN) memory.copy(output, block, count << 2)
      output += count << 2
    }
  }
}
