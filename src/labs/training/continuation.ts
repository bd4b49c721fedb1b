/** A line of held-out text that the models continue at a step, word by word, each word drawn from the softmax. */
import type { Backend, Tensor } from '../../compute/backend.ts'
import { randomWord, streams } from '../../compute/random.ts'
import { type CutText, joinWords } from '../../data/text.ts'
import { headOperations, inside, type Layout, operationsOf } from './layout.ts'
import { LanguageModel } from './model.ts'
import type { Trainer } from './trainer.ts'
import { UploadedWindows } from './windows.ts'

const promptWords = 6
const writtenWords = 16

/** Floating-point operations to write one line with one model. */
export function writingOperations(layout: Layout): number {
  return writtenWords * (operationsOf(layout, layout.context) + headOperations(layout, 1))
}

/** Draws a word with the probabilities softmax(logits). `uniform` is a number from 0 to below 1. */
export function sample(logits: Float32Array, uniform: number): number {
  const largest = logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY)
  let total = 0
  const below = Float64Array.from(logits, (logit) => {
    total += Math.exp(logit - largest)
    return total
  })
  const word = below.findIndex((sum) => sum > uniform * total)
  // because of rounding there may be no such sum: then it is the last word
  return word < 0 ? logits.length - 1 : word
}

/** Words that begin a sentence of the held-out text and are all in the vocabulary; else the first words of the text. */
export function promptOf({ validation, vocabulary, word }: CutText): Uint32Array {
  const begins = (at: number) => at === 0 || /^[.!?]$/.test(word(validation[at - 1]))
  const known = (at: number) =>
    validation.subarray(at, at + promptWords).every((id) => id < vocabulary - 1 && /^\p{L}/u.test(word(id)))
  const last = validation.length - promptWords
  let at = 0
  while (at < last && !(begins(at) && known(at))) at++
  return validation.slice(at < last ? at : 0).slice(0, promptWords)
}

export class Continuing {
  readonly prompt: string
  private readonly promptIds: Uint32Array
  private readonly model: LanguageModel
  /** [models, vocab] */
  private readonly logits: Tensor

  constructor(
    private readonly backend: Backend,
    private readonly trainer: Trainer,
    private readonly text: CutText,
    private readonly seed: number,
  ) {
    const { layout, models } = trainer
    this.promptIds = promptOf(text)
    this.prompt = this.joined(this.promptIds)
    this.model = new LanguageModel(backend, layout, models, 1)
    this.logits = backend.createTensor([models, layout.vocab])
  }

  private joined(ids: ArrayLike<number>): string {
    return joinWords(Array.from(ids, (id) => this.text.word(id)))
  }

  /**
   * The texts that the models write after the prompt at the present step. A text begins with a blank where one belongs.
   * After every word, the generator yields the number of operations queued since the last yield.
   */
  async *write(): AsyncGenerator<number, string[]> {
    const { backend, model, trainer, logits, promptIds } = this
    const { layout, models, parameters, step } = trainer
    const texts = Array.from({ length: models }, () => [...promptIds])
    for (let written = 0; written < writtenWords; written++) {
      const { inputs, row } = lastWindows(texts, layout)
      const words = new UploadedWindows(backend, { inputs, labels: new Uint32Array(1) })
      const each = inputs.length / models
      yield* model.encode(parameters, { inputs: { ...words.inputs, columns: each, period: models } })
      const { rows, columns, tensor } = model.matrices(model.hidden)
      backend.modelProduct({
        models,
        output: { tensor: logits, rows: 1, columns: layout.vocab },
        left: { tensor, offset: row * columns, stride: rows * columns, rows: 1, columns },
        right: inside(layout, parameters, layout.embedding),
        transposeRight: true,
      })
      words.dispose()
      yield models * headOperations(layout, 1)
      const found = (await backend.read(logits)) as Float32Array
      const random = randomWord({ seed: this.seed, stream: streams.continuation, batch: step }, written, 0)
      for (const [index, text] of texts.entries())
        text.push(sample(found.subarray(index * layout.vocab, (index + 1) * layout.vocab), random / 2 ** 32))
      yield Number.POSITIVE_INFINITY
    }
    return texts.map((ids) => this.joined(ids).slice(this.prompt.length))
  }

  dispose(): void {
    this.model.dispose()
    this.logits.dispose()
  }
}

/** The last words of texts of equal length as inputs of the models, padded at the end, and the last word's row. */
function lastWindows(texts: readonly (readonly number[])[], { context, inputWords }: Layout) {
  const { length } = texts[0]
  const first = Math.max(0, length - context)
  const inputs = texts.flatMap((text) =>
    Array.from({ length: context }, (_, at) => {
      const place = Math.min(first + at, length - 1)
      return inputWords === 2 ? [text[Math.max(0, place - 1)], text[place]] : [text[place]]
    }).flat(),
  )
  return { inputs: Uint32Array.from(inputs), row: Math.min(context, length) - 1 }
}
