/** Connects the address to the browser's history. */

/** Browsers refuse more than about 100 history calls in 30 seconds: a burst is kept well below that. */
const burst = 30
const refillMilliseconds = 400

export interface AddressBar {
  /** Makes a new entry for back and forward; does nothing when the address is already this one. */
  push(address: string): void
  /** Changes the entry that the last `push` made; if that `push` made no entry, it is made now. */
  extend(address: string): void
  /** Changes the current entry. */
  replace(address: string): void
}

/** `onTravel` gets the address text after back, forward or a hash typed by hand. */
export function createAddressBar(onTravel: (text: string) => void): AddressBar {
  let current = location.search + location.hash
  let tokens = burst
  let refilled = performance.now()
  /** The write that waits until the browser permits it. */
  let waiting: { readonly timer: ReturnType<typeof setTimeout>; readonly asNewEntry: boolean } | undefined
  /** Whether the last `push` made an entry. */
  let begun = false

  function takeWaiting(): boolean {
    const asNewEntry = waiting?.asNewEntry ?? false
    clearTimeout(waiting?.timer)
    waiting = undefined
    return asNewEntry
  }

  /** If calls come too fast, only the newest address is written, a little later: as a new entry if one of them was. */
  function write(address: string, wantsEntry: boolean): void {
    const asNewEntry = takeWaiting() || wantsEntry
    if (address === current) return
    const now = performance.now()
    const gained = Math.floor((now - refilled) / refillMilliseconds)
    tokens = Math.min(burst, tokens + gained)
    refilled += gained * refillMilliseconds
    if (tokens === 0) {
      const timer = setTimeout(() => write(address, asNewEntry), refillMilliseconds)
      waiting = { timer, asNewEntry }
      return
    }
    tokens -= 1
    current = address
    // the search part is dropped: the hash now has all of its values, and has priority
    const url = location.pathname + address
    if (asNewEntry) history.pushState(null, '', url)
    else history.replaceState(null, '', url)
  }

  function travelled(): void {
    const text = location.search + location.hash
    if (text === current) return
    takeWaiting()
    begun = false
    current = text
    onTravel(text)
  }
  addEventListener('popstate', travelled)
  addEventListener('hashchange', travelled)

  function push(address: string): void {
    begun = address !== current
    write(address, true)
  }

  return {
    push,
    extend: (address) => (begun ? write(address, false) : push(address)),
    replace: (address) => write(address, false),
  }
}
