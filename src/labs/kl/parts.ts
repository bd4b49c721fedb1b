/** What a run hands to the next: parts that stay right as long as what they were made from stays the same. */

interface Part {
  readonly key: string
  readonly value: unknown
  readonly dispose: () => void
}

export class Parts {
  private readonly parts = new Map<string, Part>()

  /** The part of this name if it was made from the same `source`, else a new one in its place. */
  obtain<Value extends object>(name: string, source: unknown, make: () => Value): Value {
    const key = JSON.stringify(source)
    const known = this.parts.get(name)
    if (known?.key === key) return known.value as Value
    known?.dispose()
    this.parts.delete(name)
    const value = make()
    const dispose = () => {
      if ('dispose' in value && typeof value.dispose === 'function') value.dispose()
    }
    this.parts.set(name, { key, value, dispose })
    return value
  }

  /** The part is no longer what its source says. */
  forget(name: string): void {
    this.parts.get(name)?.dispose()
    this.parts.delete(name)
  }

  dispose(): void {
    for (const name of [...this.parts.keys()]) this.forget(name)
  }
}
