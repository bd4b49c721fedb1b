/** As much of TensorFlow.js as the benchmark calls, so that types are checked where it is not installed. */

declare module '@tensorflow/tfjs-core' {
  export interface Tensor {
    readonly dataId: object
    readonly shape: number[]
    readonly rank: number
    data(): Promise<Float32Array>
    dispose(): void
  }
  export function setBackend(name: string): Promise<boolean>
  export interface Backend {
    device?: GPUDevice
    adapterInfo?: GPUAdapterInfo
    commandEncoder?: GPUCommandEncoder | null
    endComputePassEncoder?(): void
    submitQueue?(): void
    uploadToGPU?(data: object): void
  }
  export function backend(): Backend
  export function memory(): { numBytes: number }
  export function tensor(values: Float32Array | Int32Array, shape: number[]): Tensor
  export function matMul(
    left: Tensor,
    right: Tensor,
    transposeLeft?: boolean,
    transposeRight?: boolean,
  ): Tensor
  export function logSumExp(input: Tensor, axis: number): Tensor
  export function tidy(compute: () => Tensor): Tensor
  export function transpose(input: Tensor, order?: number[]): Tensor
  export function reshape(input: Tensor, shape: number[]): Tensor
  export function gather(table: Tensor, indices: Tensor): Tensor
  export function scatterND(indices: Tensor, updates: Tensor, shape: number[]): Tensor
  export function oneHot(indices: Tensor, depth: number): Tensor
  export function mean(input: Tensor, axis: number, keepDimensions: boolean): Tensor
  export function rsqrt(input: Tensor): Tensor
  export function tanh(input: Tensor): Tensor
  export function softmax(input: Tensor): Tensor
  export type Save = (inputs: Tensor[]) => void
  interface WithGradient {
    value: Tensor
    gradFunc: (gradient: Tensor, saved: Tensor[]) => Tensor[]
  }
  /** `compute` takes the inputs, then a `Save`. */
  export function customGrad(compute: (...given: never[]) => WithGradient): (...inputs: Tensor[]) => Tensor
  export interface Variable extends Tensor {
    /** By which `Gradients` are found. */
    readonly name: string
  }
  export function variable(first: Tensor): Variable
  export function add(left: Tensor, right: Tensor | number): Tensor
  export function sub(left: Tensor, right: Tensor | number): Tensor
  export function mul(left: Tensor, right: Tensor | number): Tensor
  export function relu(input: Tensor): Tensor
  export function softplus(input: Tensor): Tensor
  export function square(input: Tensor): Tensor
  export function log(input: Tensor): Tensor
  export function sum(input: Tensor): Tensor
  export function split(input: Tensor, parts: number, axis: number): Tensor[]
  export function stack(inputs: Tensor[]): Tensor
  export namespace losses {
    function softmaxCrossEntropy(targets: Tensor, logits: Tensor): Tensor
  }
  type Gradients = Record<string, Tensor>
  export function variableGrads(loss: () => Tensor): { value: Tensor; grads: Gradients }
  export namespace train {
    interface Optimizer {
      applyGradients(gradients: Gradients): void
    }
    function adam(rate: number, beta1: number, beta2: number, epsilon: number): Optimizer
  }
}

declare module '@tensorflow/tfjs-core/dist/register_all_gradients' {}

declare module '@tensorflow/tfjs-backend-wasm' {
  export function setWasmPaths(folder: string): void
  export function setThreadsCount(threads: number): void
  export function getThreadsCount(): number
}

declare module '@tensorflow/tfjs-backend-webgpu' {}
