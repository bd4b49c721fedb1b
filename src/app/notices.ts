/** Messages in the page: refused values of a link, fallbacks, failures and how to go on. */
import { signal } from '@preact/signals-core'
import { say } from './announcer.ts'
import { button, element, watch } from './dom.ts'

export interface Notice {
  /** Errors interrupt a screen reader; information waits until it has finished (announcer.ts). */
  readonly kind: 'information' | 'error'
  readonly title: string
  /** A newer notice on the same topic replaces this one. */
  readonly topic?: string
  readonly lines?: readonly string[]
  readonly action?: { readonly label: string; readonly run: () => void }
}

export interface Notices {
  readonly element: HTMLElement
  show(notice: Notice): void
  dismiss(notice: Notice): void
  dismissErrors(): void
}

const mostLines = 8
const mostNotices = 5

/** At most eight lines; if there are more, the last line is "and n more". */
export function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= mostLines) return lines
  const kept = lines.slice(0, mostLines - 1)
  return [...kept, `and ${lines.length - kept.length} more.`]
}

function noticeElement(notice: Notice, dismiss: () => void): HTMLElement {
  const lines = shortened(notice.lines ?? [])
  return element(
    'div',
    { class: `notice notice-${notice.kind}` },
    element('span', { class: 'notice-sign', 'aria-hidden': 'true' }, notice.kind === 'error' ? '!' : 'i'),
    element(
      'div',
      { class: 'notice-text' },
      element('strong', {}, notice.title),
      lines.length > 0 && element('ul', {}, ...lines.map((line) => element('li', {}, line))),
    ),
    notice.action && button(notice.action.label, notice.action.run),
    button('✕', dismiss, 'quiet', { 'aria-label': 'Dismiss this message' }),
  )
}

export function createNotices(): Notices {
  const shown = signal<readonly Notice[]>([])
  const elements = new Map<Notice, HTMLElement>()

  const dismiss = (notice: Notice) => {
    shown.value = shown.peek().filter((one) => one !== notice)
  }
  // it is in the page from the start: screen readers announce only what changes inside a region
  const errors = element('div', { role: 'alert' })
  const information = element('div')
  const container = element('section', { class: 'notices', 'aria-label': 'Messages' }, errors, information)

  watch(() => {
    const current = shown.value
    for (const [notice, node] of elements)
      if (!current.includes(notice)) {
        node.remove()
        elements.delete(notice)
      }
    for (const notice of current)
      if (!elements.has(notice)) {
        const node = noticeElement(notice, () => dismiss(notice))
        elements.set(notice, node)
        const region = notice.kind === 'error' ? errors : information
        region.append(node)
        if (notice.kind === 'information') say([notice.title, ...(notice.lines ?? [])].join(' '))
      }
  })

  return {
    element: container,
    show(notice) {
      const same = (one: Notice) =>
        (notice.topic !== undefined && one.topic === notice.topic) ||
        (one.title === notice.title && String(one.lines ?? '') === String(notice.lines ?? ''))
      const others = shown.peek().filter((one) => !same(one))
      shown.value = [...others, notice].slice(-mostNotices)
    },
    dismiss,
    dismissErrors() {
      shown.value = shown.peek().filter((notice) => notice.kind !== 'error')
    },
  }
}
