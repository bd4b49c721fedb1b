/** What a run saves, and its tensors: copies on the CPU, and back into the tensors of a new run. */
import type { Backend, Tensor } from '../../compute/backend.ts'

/** What the `save` of one gives, and the `restore` of another one takes. */
export type Saved<Saving extends { save(): unknown }> = Awaited<ReturnType<Saving['save']>>

type Named = Readonly<Record<string, Tensor>>
export type SavedTensors = Readonly<Record<string, Float32Array>>

export async function readTensors(backend: Backend, tensors: Named): Promise<SavedTensors> {
  const read = async ([name, tensor]: [string, Tensor]) => [name, await backend.read(tensor)] as const
  return Object.fromEntries(await Promise.all(Object.entries(tensors).map(read))) as SavedTensors
}

/** Throws where the numbers are not those of the tensors. */
export function writeTensors(backend: Backend, tensors: Named, saved: SavedTensors): void {
  for (const [name, tensor] of Object.entries(tensors)) {
    const copy = backend.upload(saved[name], tensor.shape)
    const [rows, columns = 1] = tensor.shape
    backend.copy(1, { tensor, rows, columns }, { tensor: copy, rows, columns })
    copy.dispose()
  }
}
