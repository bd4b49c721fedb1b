/** A modal dialog: the browser keeps the focus inside, closes it with Escape and gives the focus back. */
import { button, element } from './dom.ts'

export interface Dialog {
  readonly element: HTMLDialogElement
  readonly open: () => void
}

export function createDialog(
  title: string,
  content: readonly (Node | string)[],
  listeners: { readonly onOpen?: () => void; readonly onClose?: () => void } = {},
): Dialog {
  const id = `dialog-${title.toLowerCase().replaceAll(/\W+/g, '-')}`
  const dialog = element(
    'dialog',
    {
      'aria-labelledby': id,
      // the target of a click on the backdrop is the dialog itself; inside, the target is an element in it
      onclick: (event: MouseEvent) => {
        if (event.target === dialog) dialog.close()
      },
      onclose: () => listeners.onClose?.(),
    },
    element(
      'div',
      { class: 'dialog-content' },
      element(
        'div',
        { class: 'section-head' },
        element('h2', { id }, title),
        button('✕', () => dialog.close(), 'quiet', { 'aria-label': 'Close' }),
      ),
      ...content,
    ),
  )
  return {
    element: dialog,
    open() {
      if (dialog.open) return
      listeners.onOpen?.()
      dialog.showModal()
    },
  }
}
