/** As much of TensorFlow.js as the benchmark calls, so that types are checked where it is not installed. */

declare module '@tensorflow/tfjs-core' {
  export interface Tensor {
    readonly dataId: object
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
  export function tensor2d(values: Float32Array, shape: [number, number]): Tensor
  export function matMul(
    left: Tensor,
    right: Tensor,
    transposeLeft?: boolean,
    transposeRight?: boolean,
  ): Tensor
  export function logSumExp(input: Tensor, axis: number): Tensor
  export function tidy(compute: () => Tensor): Tensor
}

declare module '@tensorflow/tfjs-backend-wasm' {
  export function setWasmPaths(folder: string): void
  export function setThreadsCount(threads: number): void
  export function getThreadsCount(): number
}

declare module '@tensorflow/tfjs-backend-webgpu' {}
