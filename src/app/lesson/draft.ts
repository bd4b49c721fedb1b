/** The draft of a lesson, kept in the browser where it lets the page keep something. */
const place = 'natlab.lesson'

export function keptDraft(): string | null {
  try {
    return localStorage.getItem(place)
  } catch {
    return null
  }
}

/** False where the browser keeps nothing. */
export function keepDraft(text: string): boolean {
  try {
    localStorage.setItem(place, text)
    return true
  } catch {
    return false
  }
}
