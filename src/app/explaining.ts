/** Fetches what explains words and parameters (words/words.ts) when somebody first reaches for it. */
import { lazily } from './lazily.ts'
import type { Notices } from './notices.ts'

export function listenForWords(notices: Notices): void {
  let loading = false
  const listen = (event: Event) => {
    const { target, type } = event
    const opener = target instanceof Element && target.closest<HTMLElement>('.word, .row-help')
    if (!opener) return
    // a row of the panel may be a label, which would switch its box
    if (type === 'click') event.preventDefault()
    if (loading) return
    loading = true
    const load = () => import('./words/words.ts')
    const open = ({ open }: Awaited<ReturnType<typeof load>>) => {
      // the pointer may have gone on meanwhile
      if (type !== 'pointermove' || opener.matches(':hover')) open(opener, type === 'pointermove')
    }
    void lazily('The code for the words', load, open, notices)
  }
  for (const type of ['pointermove', 'focusin', 'click']) addEventListener(type, listen)
}
