import { sumOfSquares } from './norms'

/** output [rows] = Euclidean norms of the rows of input [rows, columns]. One model. */
export function rowNorms(output: usize, input: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    store<f32>(output, <f32>sqrt<f64>(sumOfSquares(input, columns)))
    output += 4
    input += <usize>columns << 2
  }
}
