/** The link as a QR code that fills the screen, for the phones in a lecture hall. */
import './code.css'
import { correction, generate } from 'lean-qr'
import { toSvg } from 'lean-qr/extras/svg'
import { count } from '../../count.ts'
import { createDialog, type Dialog } from '../dialog.ts'
import { element, setText } from '../dom.ts'
import type { State } from '../state.ts'
import { viewLink } from './hash.ts'

/**
 * Beyond this size of code, of 97 × 97 squares, a square is less than a hundredth of its height. A phone in the last row
 * cannot tell them apart then.
 */
const largestVersion = 20
/** Characters that such a code holds. */
const mostCharacters = 858

/** Throws a RangeError where the link is too long. */
export function qrCode(link: string): SVGElement {
  try {
    const code = generate(link, { minCorrectionLevel: correction.L, maxVersion: largestVersion })
    return toSvg(code, document, { on: '#000', off: '#fff', pad: 4 })
  } catch {
    throw new RangeError(
      `This link has ${count(link.length)} characters. A code that the last row can read holds at most ${mostCharacters}.`,
    )
  }
}

export interface CodeDialog {
  readonly element: HTMLDialogElement
  show(link: string): void
}

export function createCodeDialog(): CodeDialog {
  const picture = element('div', { class: 'qr-code', role: 'img', 'aria-label': 'QR code of the link' })
  const text = element('p', { class: 'qr-text' })
  const dialog = createDialog('Open this view on your phone', [picture, text])
  dialog.element.classList.add('qr')
  return {
    element: dialog.element,
    show(link) {
      try {
        picture.replaceChildren(qrCode(link))
        setText(text, link)
      } catch (fault) {
        picture.replaceChildren()
        setText(
          text,
          `${(fault as Error).message} Leave out the lesson, or your switches and cameras, or share the lesson as a file.`,
        )
      }
      picture.hidden = !picture.firstChild
      if (!dialog.element.isConnected) document.body.append(dialog.element)
      dialog.open()
    },
  }
}

/** The code of the present view, by one key. */
export function createViewCode(state: State): Dialog {
  const { element, show } = createCodeDialog()
  return {
    element,
    open: () => show(viewLink(state, { short: true, lock: state.lock.peek() })),
  }
}
