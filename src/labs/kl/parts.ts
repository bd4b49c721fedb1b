/** Parts of a run that the next run may use again. A part stays valid while its source is the same. */

interface Part {
  readonly key: string
  readonly value: unknown
  readonly dispose: () => void
}

export class Parts {
  private readonly parts = new Map<string, Part>()

  /** Returns the part with this name if it was made from an equal `source`; else makes a new one in its place. */
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

  /** Disposes a part that is no longer valid for its source. */
  forget(name: string): void {
    this.parts.get(name)?.dispose()
    this.parts.delete(name)
  }

  dispose(): void {
    for (const name of [...this.parts.keys()]) this.forget(name)
  }
}
