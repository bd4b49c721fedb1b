/**
 * The stage by itself, with seeded content: a gallery to look at and to take screenshots of.
 * Address: ?page=init|marks|hostile|stream &theme=dark|projector &log=0|1
 */
import { applyPalette, createStage, type Stage, type ThemeName } from '../../src/stage/index.ts'
import { areasAndRules, distributions, forest, hostile, initialLoss, logitVariance } from './pictures.ts'

const query = new URLSearchParams(location.search)
let theme: ThemeName = query.get('theme') === 'projector' ? 'projector' : 'dark'

const pages: Readonly<Record<string, (stage: Stage) => void>> = {
  init(stage) {
    const logarithmic = query.get('log') !== '0'
    const toggle = (change: (value: boolean) => void) => ({
      label: 'log height',
      value: logarithmic,
      onChange: change,
    })
    const logits = stage.chart({
      id: 'logits',
      title: 'Logits',
      toggles: [toggle((value) => logits.update(distributions(22.6, 1, value)))],
    })
    const landscape = stage.scene({
      id: 'landscape',
      title: 'Softmax',
      toggles: [toggle((value) => landscape.update(forest(value)))],
    })
    const loss = stage.chart({
      id: 'loss',
      title: 'First loss',
      toggles: [toggle((value) => loss.update(initialLoss(value)))],
    })
    logits.update(distributions(22.6, 1, logarithmic))
    landscape.update(forest(logarithmic))
    loss.update(initialLoss(logarithmic))
    stage.chart({ id: 'variance', title: 'Variance' }).update(logitVariance())
  },
  marks(stage) {
    stage.chart({ id: 'areas', title: 'Areas and rules' }).update(areasAndRules())
    stage.chart({ id: 'empty', title: 'Not yet' })
    const single = forest(false, 24, 24, 9)
    stage.scene({ id: 'single', title: 'One field' }).update({ ...single, fields: single.fields.slice(0, 1) })
  },
  hostile(stage) {
    for (const [index, content] of hostile().entries())
      stage.chart({ id: `hostile-${index}`, title: `Hostile ${index + 1}` }).update(content)
  },
  /** New content in every frame; the title says what drawing takes. */
  stream(stage) {
    const logits = stage.chart({ id: 'logits', title: 'Logits' })
    const landscape = stage.scene({ id: 'landscape', title: 'Softmax' })
    const loss = stage.chart({ id: 'loss', title: 'First loss' })
    const variance = stage.chart({ id: 'variance', title: 'Variance' })
    const frames = Array.from({ length: 8 }, (_, index) => ({
      logits: distributions(12 + 2 * index, index),
      landscape: forest(true, 64, 96, index),
      loss: initialLoss(true, index),
    }))
    const times: number[] = []
    let frame = 0
    const next = () => {
      times.push(stage.statistics().milliseconds)
      const content = frames[frame++ % frames.length]
      logits.update(content.logits)
      landscape.update(content.landscape)
      loss.update(content.loss)
      variance.update(logitVariance())
      if (frame < 240) requestAnimationFrame(next)
      else {
        times.splice(0, 30)
        times.sort((a, b) => a - b)
        const at = (share: number) => times[Math.floor(share * (times.length - 1))].toFixed(2)
        document.title = `drawn: median ${at(0.5)} ms, 95 % ${at(0.95)} ms, most ${at(1)} ms`
      }
    }
    next()
  },
}

const main = document.querySelector('main') as HTMLElement
const bar = document.querySelector('nav') as HTMLElement
applyPalette(document.documentElement, theme)
const stage = createStage(main, theme)
const button = (text: string, onClick: () => void) => {
  const created = document.createElement('button')
  created.textContent = text
  created.addEventListener('click', onClick)
  bar.append(created)
}
for (const [name, fill] of Object.entries(pages))
  button(name, () => {
    stage.clear()
    fill(stage)
  })
button('theme', () => {
  theme = theme === 'dark' ? 'projector' : 'dark'
  applyPalette(document.documentElement, theme)
  stage.setTheme(theme)
})
button('light', () => stage.light(['logits', 'areas']))
button('all', () => stage.light([]))
button('save', async () => {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await stage.exportImage(2))
  link.download = 'stage.png'
  link.click()
})
pages[query.get('page') ?? 'init']?.(stage)
Object.assign(window, { stage })
