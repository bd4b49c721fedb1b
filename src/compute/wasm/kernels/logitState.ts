/** Where the running result lies: one pointer a field of `LogitLossState`; sums are float64. */
@unmanaged
export class LogitState {
  sumExp: usize
  sumShiftedExp: usize
  sumSquaredExp: usize
  sum: usize
  sumOfSquares: usize
  maximum: usize
  targetLogit: usize
  ownLogit: usize
  landscape: usize
  histogram: usize
  tokens: i32
  scaleCount: i32
  histogramBins: i32
  landscapeBins: i32
}
