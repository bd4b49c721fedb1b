/**
 * Memory of this thread alone: the threads of a team share the constants and everything else. A thread that joins a
 * team gets another place for it, and what is written there is needed only during one call.
 */
export const OWN_BYTES: usize = 1024

/** Places in it. */
export const EDGE: usize = 0
export const WORDS: usize = 192
export const BLOCK: usize = 320
export const TERMS: usize = 448
export const GRADIENT: usize = 736
export const NEXT: usize = 784

export let own: usize = memory.data(1024, 16)

export function moveOwn(address: usize): void {
  own = address
}
