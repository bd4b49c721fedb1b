/** x · ½ (1 + tanh u), see geluGate.ts. */
import { shareOf } from './geluGate'
import { loadFirst, storeFirst } from './vector'

// @ts-ignore: decorator
@inline
function valueOf(x: v128): v128 {
  return f32x4.mul(x, shareOf(x))
}

export function gelu(output: usize, input: usize, count: i32): void {
  for (; count >= 4; count -= 4) {
    v128.store(output, valueOf(v128.load(input)))
    input += 16
    output += 16
  }
  if (count) storeFirst(output, valueOf(loadFirst(input, count)), count)
}
