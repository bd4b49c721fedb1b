/** Draws the VIB lab: latent spaces, errors against β, the information plane, the diagram, gradients and losses. */
import type { Stage, Toggle } from '../../stage/contract.ts'
import type { View, ViewActions, ViewFrame } from '../lab.ts'
import { diagramContent } from './diagramView.ts'
import { gradientContent, informationContent, lossContent, sweepContent } from './figuresView.ts'
import type { VibFrame } from './frame.ts'
import { deepContent, flatContent, type Pictures, union } from './latentView.ts'
import { typed } from './parameters.ts'
import { pictureOrder } from './theory.ts'

type Frame = ViewFrame<VibFrame>

const switchNames = [
  'regions',
  'samples',
  'ellipses',
  'sharedAxes',
  'anonymous',
  'near',
  'trick',
  'gradient',
  'hidden',
  'logLosses',
] as const
type Switch = (typeof switchNames)[number]

const letters = ['A', 'B', 'C']

/** What the panels depend on: another one of these, and they are built anew. */
function shapeOf({ data, values }: Frame): string {
  const { mode, latentDimensions } = typed(values)
  const deep = data.spaces[0] ? data.spaces[0].dimensions === 3 : latentDimensions === 3
  return `${mode === 'three' ? 3 : 1} ${deep}`
}

export function createView(stage: Stage, actions: ViewActions): View {
  let frame: Frame | undefined
  let shape: string | undefined
  let panels: ReturnType<typeof build> | undefined
  let pictures: Pictures | undefined
  let asked = 0
  const switches: Record<Switch, boolean> = {
    regions: true,
    samples: true,
    ellipses: false,
    sharedAxes: false,
    anonymous: false,
    near: false,
    trick: true,
    gradient: false,
    hidden: false,
    logLosses: true,
  }
  /** Panels and labels of each switch that has a toggle. */
  const toggles = new Map<Switch, [panel: string, label: string][]>()

  function toggle(panel: string, name: Switch, label: string): Toggle {
    toggles.set(name, [...(toggles.get(name) ?? []), [panel, label]])
    return {
      label,
      value: switches[name],
      onChange: (value) => {
        switches[name] = value
        // a switch that stands on several panels is one
        for (const [other, text] of toggles.get(name) ?? [])
          if (other !== panel) stage.setToggle(other, text, value)
        if (frame) draw(frame)
      },
    }
  }

  function build(count: number, deep: boolean) {
    toggles.clear()
    const spaces = Array.from({ length: count }, (_, index) => {
      const id = count === 1 ? 'latent' : `latent${index + 1}`
      const title = count === 1 ? 'Latent space' : `Latent space ${letters[index]}`
      if (deep) return { deep: stage.scene({ id, title }), flat: undefined }
      return {
        deep: undefined,
        flat: stage.chart({
          id,
          title,
          toggles: [
            toggle(id, 'regions', 'regions'),
            toggle(id, 'samples', 'samples'),
            toggle(id, 'ellipses', 'ellipses'),
            ...(count > 1 && index === 0 ? [toggle(id, 'sharedAxes', 'shared axes')] : []),
          ],
        }),
      }
    })
    const choose = (model: number) => actions.set({ model })
    const sweep = stage.chart({
      id: 'sweep',
      title: 'Error against β',
      toggles: [toggle('sweep', 'near', 'near the best')],
      onPick: choose,
    })
    const information = stage.chart({ id: 'information', title: 'Information plane', onPick: choose })
    const table = () => stage.table({ id: 'gradients', title: 'Who learns from what' })
    // beside three latent spaces it fills their second row, else it comes last
    const early = count > 1 ? table() : undefined
    const diagram = stage.diagram({
      id: 'diagram',
      title: 'Reparameterisation',
      wide: true,
      toggles: [toggle('diagram', 'trick', 'with the trick'), toggle('diagram', 'gradient', 'gradient')],
    })
    const losses = stage.chart({
      id: 'losses',
      title: 'Losses',
      toggles: [toggle('losses', 'logLosses', 'log')],
    })
    return { spaces, sweep, information, diagram, losses, gradients: early ?? table() }
  }

  /** The images' pixels are asked for once a run's images are there, and again for another size. */
  function askForPictures({ values, data }: Frame): void {
    const side = typed(values).pixels
    if (data.labels.length === 0 || asked === side) return
    asked = side
    actions.request('validationImages').then(
      (pixels) => {
        if (asked !== side || pixels.length !== data.labels.length * side ** 2) return
        pictures = { pixels, side }
        if (frame) draw(frame)
      },
      () => {
        // without them a reading has no picture; the next frame asks again
        asked = 0
      },
    )
  }

  function draw(next: Frame): void {
    frame = next
    const { data, values } = next
    const { mode, seed } = typed(values)
    if (shape !== shapeOf(next)) {
      if (panels) stage.clear()
      shape = shapeOf(next)
      panels = build(mode === 'three' ? 3 : 1, shape.endsWith('true'))
    }
    if (!panels || data.loading) return
    askForPictures(next)
    const anonymous = switches.anonymous && mode === 'three'
    const order = anonymous ? pictureOrder(seed) : [0, 1, 2]
    const shared = switches.sharedAxes ? union(data.spaces.map((space) => space.domain)) : undefined
    for (const [index, { flat, deep }] of panels.spaces.entries()) {
      const space = data.spaces[mode === 'three' ? order[index] : 0]
      if (!space) continue
      flat?.update(flatContent(space, data.labels, shared ?? space.domain, switches, pictures, anonymous))
      deep?.update(deepContent(space, data.labels, anonymous))
    }
    panels.sweep.update(sweepContent(data.models, data.shownModel, switches.near))
    panels.information.update(informationContent(data.models, data.shownModel))
    if (data.diagram) panels.diagram.update(diagramContent(data.diagram, switches.trick, switches.gradient))
    panels.gradients.update(gradientContent(data.gradients, switches.hidden))
    panels.losses.update(lossContent(data.curves, switches.logLosses))
  }

  return {
    draw: (next) => draw(next as Frame),
    arrange(wanted) {
      for (const [name, value] of Object.entries(wanted)) {
        if (!(switchNames as readonly string[]).includes(name)) continue
        switches[name as Switch] = value
        for (const [panel, label] of toggles.get(name as Switch) ?? []) stage.setToggle(panel, label, value)
      }
      if (frame) draw(frame)
    },
    dispose() {
      frame = undefined
    },
  }
}
