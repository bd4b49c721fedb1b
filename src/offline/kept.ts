/** What the page and its service worker tell each other. Both know the files that the build has listed. */

/** A file that is kept for visits without a network. */
export interface KeptFile {
  /** Its address beside the page. */
  readonly url: string
  /** Changes with the content; null where the name does so already. */
  readonly revision: string | null
  readonly bytes: number
}

/** Name of the script: it lies beside the page, because it answers for what lies below. */
export const workerScript = 'sw.js'

/**
 * To the service worker: how much is kept (an `Amount` through the port that comes along); keep what is missing; answer for
 * the page in place of an older one.
 */
export type Wish = 'amount' | 'keep' | 'begin'

/** Bytes of the files that are kept, and of all files. */
export interface Amount {
  readonly bytes: number
  readonly total: number
}

/** From the service worker: its files could not be kept. `name` is that of the error. */
export interface NotKept {
  readonly kind: 'not kept'
  readonly name: string
  readonly message: string
}
