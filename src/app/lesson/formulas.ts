/** Formulas in a caption of a lecturer's own. */
import katex from 'katex'
import 'katex/dist/katex.min.css'
import { element } from '../dom.ts'

/** A formula that KaTeX does not understand is shown as it is typed, in red. */
export function formula(text: string, display: boolean): Node {
  const node = element('span')
  katex.render(text, node, { displayMode: display, throwOnError: false, trust: false, strict: false })
  return node
}
