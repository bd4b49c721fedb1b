/** Wakes waiting code when something has changed. */
export class Pulse {
  /** Counts changes. */
  version = 0
  private readonly waiting = new Set<() => void>()

  change(): void {
    this.version++
    this.wake()
  }

  /** Wakes all waiting code, which looks at the state again. */
  wake(): void {
    for (const wake of this.waiting) wake()
    this.waiting.clear()
  }

  /** Resolves when something has changed since `version`, or after `milliseconds`. */
  since(version: number, milliseconds = Number.POSITIVE_INFINITY): Promise<void> {
    if (version !== this.version) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = Number.isFinite(milliseconds)
        ? setTimeout(wake, Math.max(0, milliseconds), this)
        : undefined
      const { waiting } = this
      function wake() {
        clearTimeout(timer)
        waiting.delete(wake)
        resolve()
      }
      waiting.add(wake)
    })
  }
}

/** Yields to waiting messages at once (a timer would wait 4 ms). */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
