/** The code that puts this view into a frame of another page, with a choice of its panels and parameters. */
import './code.css'
import { button, element } from '../dom.ts'
import { choice, copied, createSection, type Section, type Tools } from '../export/section.ts'
import { linkTo } from '../link.ts'
import { linkHash } from '../links/hash.ts'
import { conceals } from '../lock.ts'
import { toldPlace } from '../state.ts'
import { picturesHeight } from './height.ts'
import type { HostTheme } from './theme.ts'

export interface EmbedChoice {
  readonly panels: readonly string[]
  readonly controls: readonly string[]
  readonly caption: boolean
  readonly theme: HostTheme
}

/** The hash of an embedded view, made from the hash of the whole page. */
export function embedHash(hash: string, { panels, controls, caption, theme }: EmbedChoice): string {
  const rest = new URLSearchParams(hash.replace(/^#/, ''))
  for (const key of ['theme', 'present']) rest.delete(key)
  const own = [
    'embed=1',
    ...(panels.length > 0 ? [`panels=${panels.join(',')}`] : []),
    `controls=${controls.join(',')}`,
    ...(caption ? ['caption=1'] : []),
    ...(theme === 'auto' ? [] : [`theme=${theme}`]),
  ]
  return `#${own.join('&')}&${rest}`
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')

/** The row of the play button, with its space. */
const barHeight = 48

export function iframeCode(link: string, title: string, width: number, panels: number): string {
  const height = picturesHeight(Math.max(1, panels), width) + barHeight
  return `<iframe
  src="${escaped(link)}"
  title="${escaped(title)}"
  width="${width}" height="${height}"
  loading="lazy" allow="fullscreen"
  style="border: 0; max-width: 100%"
></iframe>`
}

const widths = ['800', '480', '640', '1200'] as const
const themes: readonly (readonly [HostTheme, string])[] = [
  ['auto', 'as the page around'],
  ['projector', 'light'],
  ['dark', 'dark'],
]

/** Boxes to tick. */
function createBoxes(legend: string, changed: () => void) {
  const boxes = element('div', { tabindex: '0', role: 'group', 'aria-label': legend })
  return {
    element: element('fieldset', { class: 'embed-boxes' }, element('legend', {}, legend), boxes),
    fill(entries: readonly (readonly [id: string, label: string])[], ticked: readonly string[]) {
      boxes.replaceChildren(
        ...entries.map(([value, label]) => {
          const checked = ticked.includes(value)
          const box = element('input', { type: 'checkbox', value, checked, onchange: changed })
          return element('label', {}, box, ` ${label}`)
        }),
      )
    },
    /** The ids of the ticked ones, in order. */
    ticked: () =>
      [...boxes.querySelectorAll('input')].flatMap(({ checked, value }) => (checked ? [value] : [])),
  }
}

export function createEmbedSection({ state, stage }: Pick<Tools, 'state' | 'stage'>): Section {
  const code = element('textarea', {
    class: 'embed-code',
    readonly: true,
    rows: 7,
    'aria-label': 'Embed code',
  })
  const panels = createBoxes('Pictures', write)
  const controls = createBoxes('Parameters that can be changed', write)
  const caption = element('input', { type: 'checkbox', onchange: write })
  const width = choice(
    'Width',
    widths.map((pixels) => [pixels, `${pixels} pixels`]),
  )
  const theme = choice('Colours', themes)
  for (const { select } of [width, theme]) select.addEventListener('change', write)

  function write(): void {
    const chosen = panels.ticked()
    const hash = embedHash(linkHash(state, { short: true, lock: state.lock.peek() }), {
      panels: chosen,
      controls: controls.ticked(),
      caption: caption.checked,
      theme: themes[theme.select.selectedIndex][0],
    })
    const shown = chosen.length || (stage()?.contents().length ?? 0)
    const title = `natlab: ${state.lab.peek().title}`
    code.value = iframeCode(linkTo(hash), title, Number(width.select.value), shown)
    section.tell('')
  }

  const section = createSection(
    'Embed code',
    element(
      'p',
      { class: 'small muted' },
      'The code puts the ticked pictures and parameters, with a play button, into a page or a slide of yours. Paste it into the HTML there.',
    ),
    panels.element,
    controls.element,
    element(
      'div',
      { class: 'dialog-row' },
      width.element,
      theme.element,
      element('label', {}, caption, ' Caption of the step'),
    ),
    code,
    element(
      'div',
      { class: 'dialog-row' },
      button('Copy embed code', () => void copied(code, 'embed code').then(section.tell)),
    ),
  )
  return {
    element: section.element,
    onOpen() {
      const { parameters } = state.lab.peek()
      const values = state.values.peek()
      const step = state.story.peek() === null ? undefined : toldPlace(state)?.step
      const there = (stage()?.contents() ?? []).map(({ id, title }) => [id, title] as const)
      const lit = there.map(([id]) => id).filter((id) => step?.panels.includes(id))
      panels.fill(there, lit.length > 0 ? lit : there.map(([id]) => id))
      const free = parameters.filter(
        ({ id, relevant }) => (relevant?.(values) ?? true) && !conceals(state.lock.peek(), id),
      )
      controls.fill(
        free.map(({ id, label }) => [id, label]),
        step?.sliders ?? [],
      )
      write()
    },
  }
}
