/** What a fit on the line is given, and the sizes that its kernels share. */

export const FORWARD: i32 = 0
export const REVERSE: i32 = 1
export const JEFFREYS: i32 = 2
export const JENSEN_SHANNON: i32 = 3
export const ALPHA: i32 = 4
export const CHI_SQUARED: i32 = 5

export const MOMENTUM: i32 = 1
export const ADAM: i32 = 2

/** ½ ln 2π */
export const HALF_LOG_TAU: f64 = 0.9189385332046727

/** Nodes of a panel, and the bytes of one value for each. */
export const PANEL_NODES: i32 = 8
export const PANEL_BYTES: usize = 32

/** The 8 Gauss–Legendre nodes of [−1, 1], and their weights. */
export const nodes = memory.data<f32>([
  0.18343464, 0.5255324, 0.79666648, 0.96028986, -0.18343464, -0.5255324, -0.79666648, -0.96028986,
], 16)
export const nodeWeights = memory.data<f32>([
  0.36268378, 0.31370665, 0.22238103, 0.10122854, 0.36268378, 0.31370665, 0.22238103, 0.10122854,
], 16)

/** One component of P; `logPeak` is ln(weight / (√2π sd)), `inverse` is 1 / sd. */
@unmanaged
export class FitComponent {
  mean: f64
  sd: f64
  inverse: f64
  logWeight: f64
  logPeak: f64
}

/** One call: rows of eight float32 at `state`, `historyStride` bytes from one step to the next at `history` (or 0). */
@unmanaged
export class FitTask {
  components: usize
  componentCount: i32
  /** P's and Q's (as multiples of σ), float64 in ascending order. */
  breakpoints: usize
  breakpointCount: i32
  edges: usize
  edgeCount: i32
  state: usize
  history: usize
  historyStride: usize
  steps: i32
  divergence: i32
  optimizer: i32
  fixedSigma: i32
  alpha: f32
  learningRate: f32
  tolerance: f32
}

/** A panel of the quadrature; its centre is relative to Q's mean. */
@unmanaged
export class Panel {
  centre: f64
  half: f64
}
