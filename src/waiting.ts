/** Tells what is waited for, once that takes long. */

/** Milliseconds of silence after which something is told. */
const longSilence = 6000

export class Waiting {
  /** Called with what is waited for, in the words of a sentence, and with undefined once nothing is. */
  listener: (what: string | undefined) => void = () => {}
  private readonly long = new Set<{ readonly what: string }>()

  /** The result of `work`, which is told of as `what` while it takes long. */
  async during<Result>(what: string, work: Promise<Result>): Promise<Result> {
    const told = { what }
    const timer = setTimeout(() => {
      this.long.add(told)
      this.tell()
    }, longSilence)
    try {
      return await work
    } finally {
      clearTimeout(timer)
      if (this.long.delete(told)) this.tell()
    }
  }

  private tell(): void {
    this.listener([...this.long].at(-1)?.what)
  }
}
