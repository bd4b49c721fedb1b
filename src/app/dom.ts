/** Small helpers of the page that build elements and follow signals. */
import { effect } from '@preact/signals-core'

type Child = Node | string | false | null | undefined
type Attributes = Readonly<Record<string, unknown>>

/** An element. Functions (`onclick`) become listeners, other values attributes; false and undefined are left out. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') node.addEventListener(name.slice(2), value as EventListener)
    else if (value !== false && value !== undefined)
      node.setAttribute(name, value === true ? '' : String(value))
  }
  node.append(...children.filter((child) => child !== false && child != null))
  return node
}

/** Runs now and whenever a signal that it read changes. */
export function watch(follow: () => void): () => void {
  return effect(() => {
    follow()
  })
}

/** Writes a text only if it differs: unchanged text costs no layout. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text
}

const icons = {
  play: 'M7 4.5v15l12.5-7.5z',
  pause: 'M7 4.5h3.5v15H7zM13.5 4.5H17v15h-3.5z',
  step: 'M5 4.5v15L15 12zM16.5 4.5H19v15h-2.5z',
  reset: 'M12 5a7 7 0 1 1-6.6 9.3l1.9-.7A5 5 0 1 0 12 7H9.6l2 2-1.4 1.4L5.8 6l4.4-4.4L11.6 3l-2 2z',
  seed: 'M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zm0 2v14h14V5zm3.2 1.7a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zm7.6 7.6a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zM12 10.5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3z',
  previous: 'M15.4 5 17 6.6 11.6 12l5.4 5.4-1.6 1.6-7-7z',
  next: 'm8.6 5 7 7-7 7L7 17.4l5.4-5.4L7 6.6z',
  fold: 'M5 8.6 6.6 7l5.4 5.4L17.4 7 19 8.6l-7 7z',
  theme: 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zm0 2v14a7 7 0 0 0 0-14z',
  share: 'M12 2.5 7.5 7 9 8.5l2-2V15h2V6.5l2 2L16.5 7zM5 11h3v2H6.5v6.5h11V13H16v-2h3.5v10.5h-15V11z',
  compare: 'M4 20V10h4v10zm6 0V4h4v16zm6 0v-7h4v7z',
  help: 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zm0 2a7 7 0 1 0 0 14 7 7 0 0 0 0-14zm-1 10.5h2v2h-2zM12 7a3.3 3.3 0 0 1 1.5 6.2l-.5.3v1h-2v-2.2l1.5-.9A1.3 1.3 0 1 0 10.7 10h-2A3.3 3.3 0 0 1 12 7z',
  presenter: 'M3 3h13v3h-2V5H5v8h5v2H3zm6 5h12v9h-4v2h2v2h-8v-2h2v-2H9zm2 2v5h8v-5z',
  present: 'M3 4h18v2h-1v10h-6.6l3.2 5h-2.3L12 17.4 9.7 21H7.4l3.2-5H4V6H3zm3 2v8h12V6z',
  close: 'm6.4 5 5.6 5.6L17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4z',
  lesson: 'M4 5h2.5v2.5H4zm5 .2h11v2.1H9zM4 10.8h2.5v2.5H4zm5 .2h11v2.1H9zM4 16.6h2.5v2.5H4zm5 .2h11v2.1H9z',
  caption: 'M3 5h18v14H3zm2 2v10h14V7zm2 6h6v2H7zm8 0h2v2h-2zm-8-4h2v2H7zm4 0h6v2h-6z',
  sliders:
    'M4 6h9v2H4zm13 0h3v2h-3zM13 4.5h2v5h-2zM4 11h3v2H4zm7 0h9v2h-9zM7 9.5h2v5H7zM4 16h9v2H4zm13 0h3v2h-3zm-4-1.5h2v5h-2z',
} as const

type IconName = keyof typeof icons

export function icon(name: IconName): SVGSVGElement {
  const namespace = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(namespace, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(namespace, 'path')
  path.setAttribute('d', icons[name])
  path.setAttribute('fill-rule', 'evenodd')
  svg.append(path)
  return svg
}

/** Shows a text of ours with its formulas. Their styles are set here: a strict policy forbids them in the text. */
export function setHtml(target: HTMLElement, html: string): void {
  target.innerHTML = html
  for (const styled of target.querySelectorAll<HTMLElement>('[data-style]'))
    styled.style.cssText = styled.dataset.style!
}

/** A button; `look` are its classes beside `button`. */
export function button(
  content: Child,
  onclick: () => void,
  look = '',
  attributes: Attributes = {},
): HTMLButtonElement {
  return element(
    'button',
    { type: 'button', class: `button ${look}`.trim(), ...attributes, onclick },
    content,
  )
}

/** A button with an icon that `label` names. */
export function iconButton(name: IconName, label: string, onclick: () => void, title = label) {
  return button(icon(name), onclick, 'icon-only', { 'aria-label': label, title })
}
