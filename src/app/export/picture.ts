/** The stage or a panel as a picture. */
import { button, element } from '../dom.ts'
import { download } from '../link.ts'
import { type About, aboutNow, fileName, footerOf } from './about.ts'
import { choice, createSection, type Section, stageOf, type Tools } from './section.ts'

const whole = ''

export function createPictureSection(tools: Tools): Section {
  const { state } = tools
  const panel = choice('What', [[whole, 'The whole stage']])
  const theme = choice('Colours', [
    ['projector', 'light, for paper and slides'],
    ['dark', 'dark'],
  ])
  const size = choice('Size', [
    ['2', '2×'],
    ['1', '1×'],
    ['4', '4×, for print'],
  ])

  function wanted() {
    let about: About
    const id = panel.select.value
    const options = {
      panel: id === whole ? undefined : id,
      theme: theme.select.value === 'dark' ? ('dark' as const) : ('projector' as const),
      footer: () => {
        tools.drawNow()
        about = aboutNow(state)
        return footerOf(state, about)
      },
    }
    return { options, name: (extension: string) => fileName(about, id, extension) }
  }

  async function savePng(): Promise<string> {
    const { options, name } = wanted()
    const picture = await stageOf(tools).exportImage(Number(size.select.value), options)
    download(picture, name('png'))
    return 'The picture is saved.'
  }

  async function saveSvg(): Promise<string> {
    const stage = stageOf(tools)
    const { options, name } = wanted()
    const svg = await stage.exportVector(options)
    download(new Blob([svg], { type: 'image/svg+xml' }), name('svg'))
    const solid = stage.contents().filter((one) => one.solid && (options.panel ?? one.id) === one.id)
    const said = solid.map(({ title }) => `“${title}”`).join(', ')
    return said
      ? `The SVG is saved. Pictures in perspective are in it as pixels, with their labels as text: ${said}.`
      : 'The SVG is saved: curves and texts can be edited.'
  }

  const making = 'The picture is being made…'
  const section = createSection(
    'Picture',
    element(
      'p',
      { class: 'small muted' },
      'A line under the picture names the lab, what differs from the defaults, seed, step, backend, version and link.',
    ),
    element('div', { class: 'dialog-row' }, panel.element, theme.element, size.element),
    element(
      'div',
      { class: 'dialog-row' },
      button('Save as PNG', () => void section.during(making, savePng, 'The picture')),
      button('Save as SVG', () => void section.during(making, saveSvg, 'The picture')),
    ),
  )
  /** Panels come while the dialog is open, too. */
  const list = () => {
    const panels = tools.stage()?.contents() ?? []
    panel.fill([[whole, 'The whole stage'], ...panels.map(({ id, title }) => [id, title] as const)])
  }
  panel.select.addEventListener('focus', list)
  return {
    element: section.element,
    onOpen: () => {
      list()
      theme.select.value = 'projector'
      section.tell('')
    },
  }
}
