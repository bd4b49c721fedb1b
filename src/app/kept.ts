/** Texts that the browser keeps for the page, where it permits that. */

/** For all later visits, or for this window alone, a reload included. */
type Store = 'localStorage' | 'sessionStorage'

export function keptText(key: string, store: Store = 'localStorage'): string | null {
  try {
    return window[store].getItem(key)
  } catch {
    return null
  }
}

/** False where the browser keeps nothing. */
export function keepText(key: string, text: string, store: Store = 'localStorage'): boolean {
  try {
    window[store].setItem(key, text)
    return true
  } catch {
    return false
  }
}
