/** Connects the address to the browser's history. */

/** Browsers refuse more than about 100 history calls in 30 seconds: a burst is kept well below that. */
const burst = 30
const refillMilliseconds = 400

export interface AddressBar {
  /** A new entry for back and forward; nothing when the address is already this one. */
  push(address: string): void
  /** Changes the current entry. */
  replace(address: string): void
}

/** `onTravel` gets the address text after back, forward or a hash typed by hand. */
export function createAddressBar(onTravel: (text: string) => void): AddressBar {
  let current = location.search + location.hash
  let tokens = burst
  let refilled = performance.now()
  let waiting: ReturnType<typeof setTimeout> | undefined

  /** When calls come too fast, only the newest address is written, a little later. */
  function write(address: string, asNewEntry: boolean): void {
    clearTimeout(waiting)
    if (address === current) return
    const now = performance.now()
    const gained = Math.floor((now - refilled) / refillMilliseconds)
    tokens = Math.min(burst, tokens + gained)
    refilled += gained * refillMilliseconds
    if (tokens === 0) {
      waiting = setTimeout(() => write(address, asNewEntry), refillMilliseconds)
      return
    }
    tokens -= 1
    current = address
    // the search part is left behind: everything it held now stands in the hash, which wins
    const url = location.pathname + address
    if (asNewEntry) history.pushState(null, '', url)
    else history.replaceState(null, '', url)
  }

  function travelled(): void {
    const text = location.search + location.hash
    if (text === current) return
    clearTimeout(waiting)
    current = text
    onTravel(text)
  }
  addEventListener('popstate', travelled)
  addEventListener('hashchange', travelled)

  return {
    push: (address) => write(address, true),
    replace: (address) => write(address, false),
  }
}
