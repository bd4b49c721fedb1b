/** One product of `modelProduct` in float64. */
export interface ProductReference {
  readonly left: ArrayLike<number>
  readonly right: ArrayLike<number>
  /** rows, inner, columns of op(left) · op(right). */
  readonly size: readonly [number, number, number]
  readonly transposeLeft?: boolean
  readonly transposeRight?: boolean
  readonly bias?: ArrayLike<number>
  readonly relu?: boolean
  readonly gate?: ArrayLike<number>
  /** What the product is added to. */
  readonly before?: ArrayLike<number>
}

/** before + op(left) · op(right) + bias, then ReLU, then gate. */
export function modelProductReference(given: ProductReference): Float64Array {
  const { left, right, bias, gate, before } = given
  const [rows, inner, columns] = given.size
  return Float64Array.from({ length: rows * columns }, (_, place) => {
    const [i, j] = [Math.floor(place / columns), place % columns]
    let value = before?.[place] ?? 0
    for (let k = 0; k < inner; k++)
      value +=
        left[given.transposeLeft ? k * rows + i : i * inner + k] *
        right[given.transposeRight ? j * inner + k : k * columns + j]
    value += bias?.[j] ?? 0
    if (given.relu) value = Math.max(value, 0)
    return gate && !(gate[place] > 0) ? 0 : value
  })
}
