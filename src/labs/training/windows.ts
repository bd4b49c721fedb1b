/** Windows of a text for the models. Each has the words of the context, the word before and the word after them. */
import type { Backend, Tensor } from '../../compute/backend.ts'
import { streams, uniformIntegers } from '../../compute/random.ts'
import { windowWords } from '../../data/textFacts.ts'
import type { Layout } from './layout.ts'
import type { Words } from './model.ts'

export interface Windows {
  /** [rows · inputWords] and [rows]: see `Words`. */
  readonly inputs: Uint32Array
  readonly labels: Uint32Array
  /** [rows]: the present word alone, without the previous one. */
  readonly present: Uint32Array
}

/** The windows that begin at these places of a text. */
export function windowsAt(
  ids: Uint32Array,
  starts: Iterable<number>,
  { context, inputWords }: Pick<Layout, 'context' | 'inputWords'>,
): Windows {
  const places = [...starts].flatMap((start) => Array.from({ length: context }, (_, at) => start + 1 + at))
  const present = Uint32Array.from(places, (place) => ids[place])
  const pairs = () => Uint32Array.from(places.flatMap((place) => [ids[place - 1], ids[place]]))
  return {
    inputs: inputWords === 2 ? pairs() : present,
    labels: Uint32Array.from(places, (place) => ids[place + 1]),
    present,
  }
}

/** The windows of the batch of a step: drawn from the text by seed and step. */
export function trainingWindows(
  training: Uint32Array,
  layout: Layout,
  { seed, batchSize }: { readonly seed: number; readonly batchSize: number },
  step: number,
): Windows {
  const source = { seed, stream: streams.trainingWindows, batch: step }
  const starts = uniformIntegers(source, 0, batchSize, training.length - windowWords(layout.context) + 1)
  return windowsAt(training, starts, layout)
}

/** `count` windows, spread evenly over a text. */
export function spreadWindows(ids: Uint32Array, layout: Layout, count: number): Windows {
  const most = ids.length - windowWords(layout.context)
  const starts = Array.from({ length: count }, (_, i) => Math.floor((most * (i + 0.5)) / count))
  return windowsAt(ids, starts, layout)
}

/** Windows in the backend's memory, which all models share. */
export class UploadedWindows implements Words {
  readonly inputs: Words['inputs']
  readonly labels: Words['labels']
  private readonly tensors: readonly Tensor[]

  constructor(backend: Backend, { inputs, labels }: Pick<Windows, 'inputs' | 'labels'>) {
    this.tensors = [inputs, labels].map((ids) => backend.upload(ids, [ids.length]))
    const shared = (tensor: Tensor) => ({ tensor, rows: 1, columns: tensor.shape[0], period: 1 })
    this.inputs = shared(this.tensors[0])
    this.labels = shared(this.tensors[1])
  }

  dispose(): void {
    for (const tensor of this.tensors) tensor.dispose()
  }
}
