/**
 * Streams a slice of the embedding table through the loss. A tile of raw logits, all tokens × TILE words, is
 * multiplied in packed panels and reduced at once while it is in the cache; no more logits than that exist.
 */
import { depthPart, multiplyPanels, packLeft, packRightTransposed, roundUp } from './panels'
import { addMoments, bindHistogram, mergeHistogram } from './logitMoments'
import { addExponentials, setMaximum } from './logitExponentials'
import { LogitState } from './logitState'
import { BLOCK_ROWS, horizontalMaximum } from './vector'

/** Words of a tile; a multiple of BLOCK_COLUMNS. */
const TILE: i32 = 128

/** One slice: as `LogitLossArguments`; `scales` are float32, `stride` is the table row's bytes. */
@unmanaged
class LogitSlice {
  hidden: usize
  table: usize
  stride: usize
  targets: usize
  inputs: usize
  scales: usize
  scratch: usize
  dModel: i32
  words: u32
  firstWord: u32
  vocabulary: u32
  histogramRange: f32
}

/** Bytes of scratch memory that `logitLoss` needs. */
export function logitLossScratch(tokens: i32, dModel: i32, histogramBins: i32): usize {
  const panels = <usize>roundUp(tokens, BLOCK_ROWS) * dModel
  const tablePanels = <usize>TILE * depthPart(dModel)
  const counts = <usize>(histogramBins + 2) * 4
  return (panels + tablePanels + <usize>tokens * TILE + tokens + counts) * 4 + 64
}

/** `sliceAddress` is a `LogitSlice`'s, `stateAddress` a `LogitState`'s. */
export function logitLoss(sliceAddress: usize, stateAddress: usize): void {
  const slice = changetype<LogitSlice>(sliceAddress)
  const state = changetype<LogitState>(stateAddress)
  const tokens = state.tokens
  const dModel = slice.dModel
  const innerPart = depthPart(dModel)
  const tile = slice.scratch
  const maxima = tile + ((<usize>tokens * TILE) << 2)
  const counts = (maxima + (<usize>tokens << 2) + 15) & ~15
  const tablePanels = counts + (<usize>(state.histogramBins + 2) << 4)
  const hiddenPanels = tablePanels + ((<usize>TILE * innerPart) << 2)
  const rows = <usize>roundUp(tokens, BLOCK_ROWS)
  const hiddenStride = <usize>dModel << 2

  for (let inner = 0; inner < dModel; inner += innerPart) {
    const target = hiddenPanels + ((rows * inner) << 2)
    packLeft(target, slice.hidden + (<usize>inner << 2), hiddenStride, tokens, min(innerPart, dModel - inner))
  }
  bindHistogram(counts, slice.histogramRange, state.histogramBins)

  for (let first: u32 = 0; first < slice.words; first += TILE) {
    const count = <i32>min<u32>(TILE, slice.words - first)
    const source = slice.table + <usize>first * slice.stride
    for (let inner = 0; inner < dModel; inner += innerPart) {
      const depth = min(innerPart, dModel - inner)
      packRightTransposed(tablePanels, source + (<usize>inner << 2), slice.stride, count, depth)
      const panels = hiddenPanels + ((rows * inner) << 2)
      multiplyPanels(tile, TILE << 2, panels, tablePanels, tokens, count, depth, inner > 0)
    }
    reduceTile(slice, state, tile, maxima, slice.firstWord + first, count)
  }
  mergeHistogram(counts, state.histogram, state.histogramBins)
}

/** All statistics of a tile of raw logits, whose first word is `word`. */
function reduceTile(slice: LogitSlice, state: LogitState, tile: usize, maxima: usize, word: u32, count: i32): void {
  addToLandscape(slice, state, tile, maxima, word, count)
  for (let token = 0; token < state.tokens; token++) {
    const row = tile + ((<usize>token * TILE) << 2)
    const place = <usize>token << 2
    const target = load<u32>(slice.targets + place) - word
    if (target < <u32>count) store<f32>(state.targetLogit + place, load<f32>(row + (<usize>target << 2)))
    const own = load<u32>(slice.inputs + place) - word
    if (own < <u32>count) store<f32>(state.ownLogit + place, load<f32>(row + (<usize>own << 2)))

    addMoments(row, count, state.sum + (place << 1), state.sumOfSquares + (place << 1))

    // lanes past the last word, in the tile's last vector, must not count
    for (let i = count; i & 3; i++) store<f32>(row + (<usize>i << 2), -Infinity)
    const maximum = setMaximum(slice.scales, state, token, load<f32>(maxima + place))
    for (let scale = 0; scale < state.scaleCount; scale++) {
      const factor = load<f32>(slice.scales + (<usize>scale << 2))
      addExponentials(row, count, maximum, factor, state, scale * state.tokens + token)
    }
  }
}

/** The largest logit of every token in every landscape bin that the tile touches, and in the whole tile. */
function addToLandscape(
  slice: LogitSlice, state: LogitState, tile: usize, maxima: usize, word: u32, count: i32,
): void {
  const bins = <u64>state.landscapeBins
  const vocabulary = <u64>slice.vocabulary
  let start = 0
  while (start < count) {
    const bin = (<u64>(word + start) * bins) / vocabulary
    // the first word of the next bin: the smallest w with floor(w · bins / vocabulary) > bin
    const next = ((bin + 1) * vocabulary + bins - 1) / bins
    const end = <i32>min<u64>(count, next - word)
    let place = state.landscape + (<usize>bin << 2)
    for (let token = 0; token < state.tokens; token++) {
      const largest = largestOf(tile + (<usize>(token * TILE + start) << 2), end - start)
      store<f32>(place, max<f32>(largest, load<f32>(place)))
      const tileMaximum = maxima + (<usize>token << 2)
      store<f32>(tileMaximum, start ? max<f32>(largest, load<f32>(tileMaximum)) : largest)
      place += <usize>bins << 2
    }
    start = end
  }
}

/** The largest of `count` logits. A NaN may be passed over here; it shows in the sums. */
function largestOf(row: usize, count: i32): f32 {
  const end = row + (<usize>count << 2)
  if (count < 8) {
    let largest: f32 = -Infinity
    for (; row < end; row += 4) largest = max<f32>(largest, load<f32>(row))
    return largest
  }
  // the last eight may overlap the ones before: a maximum does not mind a logit seen twice
  let first = v128.load(end - 32)
  let second = v128.load(end - 16)
  for (const last = end - 32; row < last; row += 32) {
    first = f32x4.pmax(first, v128.load(row))
    second = f32x4.pmax(second, v128.load(row, 16))
  }
  return horizontalMaximum(f32x4.pmax(first, second))
}
