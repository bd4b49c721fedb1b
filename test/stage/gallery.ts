/**
 * The stage by itself, with seeded content: a gallery to look at and to take screenshots of.
 * Address: ?page=init|marks|hostile|stream|handles|surfaces|board|classes|diagram|cloud &theme=dark|projector &log=0|1
 */
import { applyPalette, createStage, type Stage, type ThemeName } from '../../src/stage/index.ts'
import { clouds, cross, flow } from './classes.ts'
import { basinTable, crossing, landscape, mixture, noSurface, plane, rugged, twoModes } from './landscapes.ts'
import { areasAndRules, distributions, forest, hostile, initialLoss, logitVariance } from './pictures.ts'

let theme: ThemeName = 'dark'
let query = new URLSearchParams(location.search)

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
  handles(stage) {
    let modes = twoModes
    let added = modes.length
    const told: unknown[] = []
    Object.assign(window, { told })
    const chart = stage.chart({
      id: 'mixture',
      title: 'Mixture',
      toggles: [{ label: 'log height', value: false, onChange: () => {} }],
      actions: [
        { label: 'add a mode', title: 'Adds a mode in the middle', onClick: () => told.push('action') },
      ],
      onHandle(event) {
        told.push(event)
        if (event.kind === 'move')
          modes = modes.map((mode) => (mode.id === event.id ? { ...mode, mean: event.x } : mode))
        else if (event.kind === 'widen')
          modes = modes.map((mode) => (mode.id === event.id ? { ...mode, sd: mode.sd * event.factor } : mode))
        else if (event.kind === 'remove') modes = modes.filter(({ id }) => id !== event.id)
        else modes = [...modes, { id: `p${++added}`, mean: event.x, sd: 1, weight: 0.3 }]
        chart.update(mixture(modes))
      },
    })
    chart.update(mixture(modes))
    stage.chart({ id: 'plane', title: 'Plane', onHandle: (event) => told.push(event) }).update(plane())
  },
  surfaces(stage) {
    stage.scene({ id: 'wells', title: 'Wells' }).update(landscape())
    stage.scene({ id: 'crossing', title: 'Two surfaces' }).update(crossing())
    stage.scene({ id: 'rugged', title: 'Rugged' }).update(rugged())
    stage.scene({ id: 'empty', title: 'Not yet' }).update(noSurface())
  },
  classes(stage) {
    const told: unknown[] = []
    Object.assign(window, { told })
    const onPick = (index: number) => told.push(index)
    stage.chart({ id: 'clouds', title: 'Latent space', onPick }).update(clouds())
    stage.chart({ id: 'cross', title: 'Cross', onPick }).update(cross())
    stage.chart({ id: 'loss', title: 'First loss' }).update(initialLoss(true))
    stage.diagram({ id: 'diagram', title: 'Diagram' }).update(flow())
  },
  diagram(stage) {
    stage.diagram({ id: 'trick', title: 'With the trick' }).update(flow())
    stage.diagram({ id: 'plain', title: 'Without it' }).update(flow(false))
    stage.diagram({ id: 'waiting', title: 'Not yet' })
    stage.diagram({ id: 'forward', title: 'Forward' }).update(flow(true, false))
  },
  /** A stage full of panels of every kind. */
  board(stage) {
    let selected: string | undefined
    stage.chart({ id: 'mixture', title: 'Mixture', onHandle: () => {} }).update(mixture(twoModes))
    stage.scene({ id: 'landscape', title: 'Landscape' }).update(landscape())
    stage.chart({ id: 'plane', title: 'Plane', onHandle: () => {} }).update(plane(600))
    stage.chart({ id: 'loss', title: 'First loss' }).update(initialLoss(true))
    const table = stage.table({ id: 'basins', title: 'Minima' })
    const select = (id: string) => {
      selected = id
      table.update(basinTable(selected, select))
    }
    table.update(basinTable(selected, select))
    stage.table({ id: 'waiting', title: 'Nothing yet' }).update({
      ...basinTable(undefined, () => {}),
      rows: [],
      empty: 'The starts are still followed to their ends.',
    })
  },
  /** As many dots as a lab shows, in every frame elsewhere; the title says what drawing takes. */
  cloud(stage) {
    const chart = stage.chart({ id: 'plane', title: 'Plane' })
    const scene = stage.scene({ id: 'landscape', title: 'Landscape' })
    const frames = Array.from({ length: 8 }, (_, index) => ({
      plane: plane(16_384, index / 20),
      landscape: landscape(16_384, index),
    }))
    play(stage, (frame) => {
      const { plane, landscape } = frames[frame % frames.length]
      chart.update(plane)
      scene.update(landscape)
    })
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
    play(stage, (frame) => {
      const content = frames[frame % frames.length]
      logits.update(content.logits)
      landscape.update(content.landscape)
      loss.update(content.loss)
      variance.update(logitVariance())
    })
  },
}

/** Shows 240 frames and writes into the title how long their drawing took. */
function play(stage: Stage, show: (frame: number) => void): void {
  const times: number[] = []
  const start = performance.now()
  let frame = 0
  const next = () => {
    times.push(stage.statistics().milliseconds)
    show(frame++)
    if (frame < 240) {
      requestAnimationFrame(next)
      return
    }
    const seconds = (performance.now() - start) / 1000
    times.splice(0, 30)
    times.sort((a, b) => a - b)
    const at = (share: number) => times[Math.floor(share * (times.length - 1))].toFixed(2)
    const drawn = stage.statistics().draws / seconds
    document.title = `drawn: median ${at(0.5)} ms, 95 % ${at(0.95)} ms, most ${at(1)} ms, ${drawn.toFixed(0)} panels a second`
  }
  next()
}

const main = document.querySelector('main') as HTMLElement
const bar = document.querySelector('nav') as HTMLElement
const stage = createStage(main, theme)
/** In place of what there was. */
function showPage(asked: string): void {
  query = new URLSearchParams(asked)
  theme = query.get('theme') === 'projector' ? 'projector' : 'dark'
  applyPalette(document.documentElement, theme)
  stage.clear()
  stage.light([])
  stage.setTheme(theme)
  pages[query.get('page') ?? 'init']?.(stage)
}
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
showPage(location.search)
Object.assign(window, { stage, showPage })
