/** The part of the help that says whether the page works without a network, and what is kept for that. */
import { button, element, setText, watch } from '../dom.ts'
import { type Keeping, type Kept, megabytes } from './keeping.ts'

/** Milliseconds between two looks at the progress. */
const pause = 300

function said(kept: Kept, total: number): string {
  switch (kept.kind) {
    case 'impossible':
      return `This page needs its server. ${kept.why}`
    case 'none':
      return `Nothing is kept. This page needs its server. Keeping it takes ${megabytes(total)}.`
    case 'coming':
      return 'natlab is being kept in this browser. Then it works without a network.'
    case 'kept':
      return `Works without a network: ${megabytes(kept.bytes)} are kept in this browser. These are all labs, both backends, the digits and the text.`
    case 'failed':
      return `This page needs its server. ${kept.why}`
  }
}

export function createOfflineSection({ kept, total, look, keep, remove }: Keeping) {
  const status = element('p', { role: 'status' })
  const progress = element('progress', { max: total, 'aria-label': 'How much is kept' })
  const bytes = element('span', { class: 'small' })
  const row = element('div', { class: 'dialog-row' }, progress, bytes)
  const keeps = button('Keep it for offline', () => void keep())
  const removes = button('Delete it', () => void remove())
  const section = element(
    'section',
    {},
    element('h3', {}, 'Without a network'),
    status,
    row,
    element('div', { class: 'dialog-row' }, keeps, removes),
  )
  watch(() => {
    const now = kept.value
    setText(status, said(now, total))
    row.hidden = now.kind !== 'coming'
    if (now.kind === 'coming') {
      progress.value = now.bytes
      setText(bytes, `${megabytes(now.bytes)} of ${megabytes(total)}`)
      // the progress is followed for as long as somebody looks
      if (section.closest('dialog')?.open) setTimeout(look, pause)
    }
    keeps.hidden = now.kind !== 'none' && now.kind !== 'failed'
    removes.hidden = now.kind !== 'kept' && now.kind !== 'coming'
  })
  return section
}
