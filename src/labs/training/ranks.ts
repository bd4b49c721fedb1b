/** Bins of words by their frequency rank, of equal width on a logarithmic axis. Word 0 is the most frequent: rank 1. */

const mostBins = 60

export interface RankBins {
  /** [bins + 1]: first word of each bin, and the end of the last bin. */
  readonly edges: Uint32Array
  /** [bins]: geometric middle of the ranks of a bin. */
  readonly ranks: Float32Array
}

/** About 60 bins, fewer where there are fewer words; none is empty. */
export function rankBins(words: number): RankBins {
  const ends = Array.from({ length: mostBins }, (_, bin) => Math.round(words ** ((bin + 1) / mostBins)))
  const edges = Uint32Array.from(new Set([0, ...ends]))
  const ranks = Float32Array.from(edges.subarray(1), (end, bin) => Math.sqrt((edges[bin] + 1) * end))
  return { edges, ranks }
}

/** [bins]: means over each bin's words. */
export function binMeans({ edges }: RankBins, values: ArrayLike<number>): Float32Array {
  return Float32Array.from({ length: edges.length - 1 }, (_, bin) => {
    let sum = 0
    for (let word = edges[bin]; word < edges[bin + 1]; word++) sum += values[word]
    return sum / (edges[bin + 1] - edges[bin])
  })
}
