/** Where free memory begins, behind the constants. */
export function heapBase(): usize {
  return __heap_base
}
