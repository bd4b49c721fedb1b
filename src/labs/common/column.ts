/** A column of a [rows, columns] array. */
export function column(values: Float32Array, columns: number, index: number): Float32Array {
  const found = new Float32Array(values.length / columns)
  // a loop, because `Float32Array.from` takes milliseconds for every frame of 10,000 images
  for (let row = 0; row < found.length; row++) found[row] = values[row * columns + index]
  return found
}
