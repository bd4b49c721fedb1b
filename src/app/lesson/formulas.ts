/** Formulas in a caption of a lecturer's own. */
import katex from 'katex'
import 'katex/dist/katex.min.css'

/** A formula that KaTeX does not understand is shown as it is typed, in red. */
export function renderFormula(node: HTMLElement, text: string, display: boolean): void {
  katex.render(text, node, { displayMode: display, throwOnError: false, trust: false, strict: false })
}
