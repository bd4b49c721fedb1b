/** How many rows of scores [rows, classes] have their first largest not at the label, or hold NaN. One model. */
export function countErrors(scores: usize, labels: usize, rows: i32, classes: i32): i32 {
  let errors = 0
  for (let row = 0; row < rows; row++) {
    const label = <i32>min<u32>(load<u32>(labels), classes - 1)
    const score = load<f32>(scores + (<usize>label << 2))
    let right = true
    // comparisons with NaN are false
    for (let i = 0; i < classes; i++) {
      const other = load<f32>(scores + (<usize>i << 2))
      right = right && (i < label ? other < score : other <= score)
    }
    if (!right) errors++
    scores += <usize>classes << 2
    labels += 4
  }
  return errors
}
