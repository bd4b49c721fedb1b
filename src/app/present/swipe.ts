/** A finger that moves to the left goes on, and to the right goes back. */

/** CSS pixels that a finger must move. */
const far = 60

export function listenToSwipes(on: HTMLElement, travel: (by: 1 | -1) => void): void {
  let start: { readonly pointer: number; readonly x: number; readonly y: number } | undefined
  on.addEventListener('pointerdown', ({ pointerType, pointerId, isPrimary, clientX: x, clientY: y }) => {
    start = pointerType === 'touch' && isPrimary ? { pointer: pointerId, x, y } : undefined
  })
  on.addEventListener('pointerup', ({ pointerId, clientX, clientY }) => {
    if (start?.pointer !== pointerId) return
    const [across, down] = [clientX - start.x, clientY - start.y]
    start = undefined
    if (Math.abs(across) >= far && Math.abs(across) > 2 * Math.abs(down)) travel(across < 0 ? 1 : -1)
  })
  on.addEventListener('pointercancel', () => {
    start = undefined
  })
}
