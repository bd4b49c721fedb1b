/** A thread with a backend of its own, which does the operations of another thread's `SpareBackend`. */
import * as Comlink from '../../threads.ts'
import type { Backend } from '../backend.ts'
import { createWasmBackend } from './index.ts'
import { isReference, replaced } from './spareMessages.ts'

type Method = (...given: unknown[]) => unknown
interface Made {
  dispose(): void
}

class SpareThread {
  private backend!: Backend
  private readonly made = new Map<number, Made>()

  async open(relaxed: boolean): Promise<void> {
    this.backend = await createWasmBackend({ threads: 1, relaxed })
  }

  /** Calls a method of the backend. Keeps the object that it makes under the number `as`, or sends its answer. */
  call(name: string, given: readonly unknown[], as?: number): unknown {
    const method = (this.backend as unknown as Record<string, Method>)[name]
    const own = replaced(given, isReference, ({ reference }) => this.made.get(reference)) as unknown[]
    const result = method.apply(this.backend, own)
    if (as === undefined) return result instanceof Promise ? result.then(moved) : undefined
    this.made.set(as, result as Made)
    return undefined
  }

  drop(made: number): void {
    this.made.get(made)?.dispose()
    this.made.delete(made)
  }
}

/** An answer, which is a copy already, with its arrays marked to be moved. */
function moved(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null) return answer
  const arrays = ArrayBuffer.isView(answer) ? [answer] : Object.values(answer).filter(ArrayBuffer.isView)
  return Comlink.transfer(
    answer,
    arrays.map(({ buffer }) => buffer),
  )
}

export type { SpareThread }

Comlink.expose(new SpareThread())
