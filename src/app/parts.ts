/** Notices about parts of the page that did not arrive. */
import type { Cause } from './causes.ts'
import type { Notice } from './notices.ts'

/** This code comes right after the page's own script: when it is needed, there may be no connection. */
const loading = import('./causes.ts')
loading.catch(() => {})

async function causeOf(fault: Error): Promise<Cause> {
  try {
    const { causeOf, here } = await loading
    return await causeOf(fault, here())
  } catch {
    return { text: `${fault.message}.`, remedy: 'tryAgain' }
  }
}

/** A notice for a fault with the code `part`, once the cause is known. `tryAgain` loads the part once more. */
export async function partNotice(fault: Error, tryAgain: () => void): Promise<Notice> {
  const { text, remedy } = await causeOf(fault)
  return {
    kind: 'error',
    topic: 'part',
    title: `${fault.message.replace(/ did not arrive: .*/s, '')} did not arrive.`,
    lines: [text],
    action:
      remedy === 'reload'
        ? { label: 'Reload the page', run: () => location.reload() }
        : { label: 'Try again', run: tryAgain },
  }
}
