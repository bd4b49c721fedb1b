/** Things in a backend's memory that are freed together. */
import type { Backend, Tensor } from '../../compute/backend.ts'

export class OwnTensors {
  private readonly kept: { dispose(): void }[] = []

  constructor(private readonly backend: Pick<Backend, 'createTensor' | 'upload'>) {}

  create(shape: readonly number[]): Tensor {
    return this.keep(this.backend.createTensor(shape))
  }

  upload(data: Float32Array | Uint32Array, shape: readonly number[] = [data.length]): Tensor {
    return this.keep(this.backend.upload(data, shape))
  }

  /** Also frees this one in the end. */
  keep<One extends { dispose(): void }>(one: One): One {
    this.kept.push(one)
    return one
  }

  dispose(): void {
    for (const one of this.kept.splice(0)) one.dispose()
  }
}
