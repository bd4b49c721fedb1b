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

/**
 * One slice: as `LogitLossArguments`; `scales` are float32, `stride` is the table row's bytes. A team has its hidden
 * states in panels, and the logits of some tiles, [tiles][tokens][TILE].
 */
@unmanaged
class LogitSlice {
  hidden: usize
  table: usize
  stride: usize
  targets: usize
  inputs: usize
  scales: usize
  hiddenPanels: usize
  logits: usize
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

/** The whole slice on one thread. `sliceAddress` is a `LogitSlice`'s, `stateAddress` a `LogitState`'s. */
export function logitLoss(sliceAddress: usize, stateAddress: usize, scratch: usize): void {
  const slice = changetype<LogitSlice>(sliceAddress)
  const state = changetype<LogitState>(stateAddress)
  const tokens = state.tokens
  const dModel = slice.dModel
  const innerPart = depthPart(dModel)
  const tile = scratch
  const maxima = tile + ((<usize>tokens * TILE) << 2)
  const counts = (maxima + (<usize>tokens << 2) + 15) & ~15
  const tablePanels = counts + (<usize>(state.histogramBins + 2) << 4)
  const hiddenPanels = tablePanels + ((<usize>TILE * innerPart) << 2)

  packHidden(slice, tokens, hiddenPanels)
  bindHistogram(counts, slice.histogramRange, state.histogramBins)

  for (let first: u32 = 0; first < slice.words; first += TILE) {
    const count = <i32>min<u32>(TILE, slice.words - first)
    multiplyTile(slice, tokens, hiddenPanels, tablePanels, tile, first, count)
    reduceTile(slice, state, tile, maxima, slice.firstWord + first, count, 0, tokens)
  }
  mergeHistogram(counts, state.histogram, state.histogramBins)
}

/** Words of a tile. */
export function logitTileWords(): i32 {
  return TILE
}

/** Bytes of the hidden states in panels. */
export function logitPanelBytes(tokens: i32, dModel: i32): usize {
  return (<usize>roundUp(tokens, BLOCK_ROWS) * dModel) << 2
}

/** Packs the hidden states for a team. */
export function logitPanels(sliceAddress: usize, stateAddress: usize): void {
  const slice = changetype<LogitSlice>(sliceAddress)
  packHidden(slice, changetype<LogitState>(stateAddress).tokens, slice.hiddenPanels)
}

/** Bytes of scratch memory of a thread that computes tiles. */
export function logitTilesScratch(dModel: i32): usize {
  return (<usize>TILE * depthPart(dModel)) << 2
}

/** The raw logits of some tiles, the first of which is the team's tile `first`, whose words begin at `word` of the slice. */
export function logitTiles(
  sliceAddress: usize, stateAddress: usize, word: u32, first: i32, tiles: i32, scratch: usize,
): void {
  const slice = changetype<LogitSlice>(sliceAddress)
  const tokens = changetype<LogitState>(stateAddress).tokens
  for (let i = first; i < first + tiles; i++) {
    const from = word + <u32>i * TILE
    const tile = slice.logits + ((<usize>i * tokens * TILE) << 2)
    multiplyTile(slice, tokens, slice.hiddenPanels, scratch, tile, from, <i32>min<u32>(TILE, slice.words - from))
  }
}

/** Bytes in which `logitReduction` counts its histogram. */
export function logitCountBytes(histogramBins: i32): usize {
  return <usize>(histogramBins + 2) << 4
}

/** Bytes of scratch memory of a thread that reduces tiles. */
export function logitReductionScratch(tokens: i32): usize {
  return <usize>tokens << 2
}

/**
 * All statistics of some tokens in all tiles of the team, whose words begin at `word` of the slice. The histogram is
 * counted at `counts`, which `logitHistogram` adds up afterwards.
 */
export function logitReduction(
  sliceAddress: usize, stateAddress: usize, word: u32, tiles: i32, firstToken: i32, count: i32, counts: usize,
  scratch: usize,
): void {
  const slice = changetype<LogitSlice>(sliceAddress)
  const state = changetype<LogitState>(stateAddress)
  bindHistogram(counts, slice.histogramRange, state.histogramBins)
  for (let i = 0; i < tiles; i++) {
    const from = word + <u32>i * TILE
    const tile = slice.logits + ((<usize>i * state.tokens * TILE) << 2)
    const words = <i32>min<u32>(TILE, slice.words - from)
    reduceTile(slice, state, tile, scratch, slice.firstWord + from, words, firstToken, firstToken + count)
  }
}

/** Adds what a `logitReduction` has counted. */
export function logitHistogram(stateAddress: usize, counts: usize): void {
  const state = changetype<LogitState>(stateAddress)
  mergeHistogram(counts, state.histogram, state.histogramBins)
}

function packHidden(slice: LogitSlice, tokens: i32, panels: usize): void {
  const dModel = slice.dModel
  const innerPart = depthPart(dModel)
  const rows = <usize>roundUp(tokens, BLOCK_ROWS)
  for (let inner = 0; inner < dModel; inner += innerPart) {
    const target = panels + ((rows * inner) << 2)
    const source = slice.hidden + (<usize>inner << 2)
    packLeft(target, source, <usize>dModel << 2, tokens, min(innerPart, dModel - inner))
  }
}

/** Raw logits of the tile whose words begin at `first` of the slice. */
function multiplyTile(
  slice: LogitSlice, tokens: i32, hiddenPanels: usize, tablePanels: usize, tile: usize, first: u32, count: i32,
): void {
  const dModel = slice.dModel
  const innerPart = depthPart(dModel)
  const rows = <usize>roundUp(tokens, BLOCK_ROWS)
  const source = slice.table + <usize>first * slice.stride
  for (let inner = 0; inner < dModel; inner += innerPart) {
    const depth = min(innerPart, dModel - inner)
    packRightTransposed(tablePanels, source + (<usize>inner << 2), slice.stride, count, depth)
    const panels = hiddenPanels + ((rows * inner) << 2)
    multiplyPanels(tile, TILE << 2, panels, tablePanels, tokens, count, depth, inner > 0)
  }
}

/** All statistics of some tokens of a tile of raw logits, whose first word is `word`. */
function reduceTile(
  slice: LogitSlice, state: LogitState, tile: usize, maxima: usize, word: u32, count: i32, firstToken: i32,
  endToken: i32,
): void {
  addToLandscape(slice, state, tile, maxima, word, count, firstToken, endToken)
  for (let token = firstToken; token < endToken; token++) {
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
  slice: LogitSlice, state: LogitState, tile: usize, maxima: usize, word: u32, count: i32, firstToken: i32,
  endToken: i32,
): void {
  const bins = <u64>state.landscapeBins
  const vocabulary = <u64>slice.vocabulary
  let start = 0
  while (start < count) {
    const bin = (<u64>(word + start) * bins) / vocabulary
    // the first word of the next bin: the smallest w with floor(w · bins / vocabulary) > bin
    const next = ((bin + 1) * vocabulary + bins - 1) / bins
    const end = <i32>min<u64>(count, next - word)
    let place = state.landscape + ((<usize>firstToken * <usize>bins + <usize>bin) << 2)
    for (let token = firstToken; token < endToken; token++) {
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
