import { moveOwn, OWN_BYTES } from './own'

/** Where free memory begins, behind the constants. */
export function heapBase(): usize {
  return __heap_base
}

/** Pages of the memory, as far as this thread has heard: a thread may learn later than another one that it grew. */
export function knownPages(): i32 {
  return memory.size()
}

/** Bytes that a further thread needs for itself. */
export function ownBytes(): usize {
  return OWN_BYTES
}

/** Gives this thread its own memory, as every thread but one must have. */
export function useOwn(address: usize): void {
  moveOwn(address)
}
