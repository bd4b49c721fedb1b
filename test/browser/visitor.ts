/**
 * Runs in a page before its own scripts: whether its visitor has seen the first hints, and lets the browser keep the page for
 * visits without a network, which takes time from what is measured or tested.
 */
export function visitAs({ seen, keeps }: { readonly seen: boolean; readonly keeps: boolean }): void {
  try {
    if (seen) localStorage.setItem('natlab.hints', 'seen')
    if (!keeps) localStorage.setItem('natlab.offline', 'no')
  } catch {
    // a page in a sandbox stores nothing
  }
}

/** Of most visits. */
export const usualVisitor = { seen: true, keeps: false }
