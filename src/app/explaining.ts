/** Fetches what explains words, parameters and curves when somebody first reaches for one. */
import type { Stage } from '../stage/contract.ts'
import { lazily } from './lazily.ts'
import type { Notices } from './notices.ts'

interface Explainer {
  /** `brief` ends when the pointer goes away. */
  open(by: HTMLElement, brief: boolean, stage: Stage | null): void
}

/** What each of them explains, by a selector. */
const explainers: readonly (readonly [selector: string, name: string, load: () => Promise<Explainer>])[] = [
  ['.word, .row-help', 'The code for the words', () => import('./words/words.ts')],
  ['[data-curve]', 'The code that lights curves', () => import('./curves/curves.ts')],
]

export function listenForWords(notices: Notices, stage: () => Stage | null): void {
  for (const [selector, name, load] of explainers) {
    let loading = false
    const listen = (event: Event) => {
      const { target, type } = event
      const opener = target instanceof Element && target.closest<HTMLElement>(selector)
      if (!opener) return
      // a row of the panel may be a label, which would switch its box
      if (type === 'click') event.preventDefault()
      if (loading) return
      loading = true
      const brief = type === 'pointermove'
      const open = (explainer: Explainer) => {
        // the pointer may have gone on meanwhile
        if (!brief || opener.matches(':hover')) explainer.open(opener, brief, stage())
      }
      void lazily(name, load, open, notices)
    }
    for (const type of ['pointermove', 'focusin', 'click']) addEventListener(type, listen)
  }
}
