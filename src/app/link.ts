/** What leaves the page: links to it, and files. */
import { element } from './dom.ts'

/** The whole link to what a hash names. */
export const linkTo = (hash: string): string => location.origin + location.pathname + hash

export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  element('a', { href: url, download: name }).click()
  // the download has its own reference after this time
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
