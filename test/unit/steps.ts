/** The steps of all stories with what their panels show, for a made-up frame. */
import { initLab } from '../../src/labs/init/index.ts'
import { story as initStory } from '../../src/labs/init/story.ts'
import { klLab } from '../../src/labs/kl/index.ts'
import { story as klStory } from '../../src/labs/kl/story.ts'
import type { Lab } from '../../src/labs/lab.ts'
import type { StoryStep } from '../../src/labs/story.ts'
import { trainingLab } from '../../src/labs/training/index.ts'
import { story as trainingStory } from '../../src/labs/training/story.ts'
import { defaults, validateOpening } from '../../src/labs/validation.ts'
import { vibLab } from '../../src/labs/vib/index.ts'
import { story as vibStory } from '../../src/labs/vib/story.ts'
import type { PanelOptions, Stage } from '../../src/stage/contract.ts'
import { frameOf } from './frames.ts'

export const stories = [
  [klLab, klStory as readonly StoryStep[]],
  [initLab, initStory as readonly StoryStep[]],
  [trainingLab, trainingStory as readonly StoryStep[]],
  [vibLab, vibStory as readonly StoryStep[]],
] as const
export const steps = stories.flatMap(([lab, story]) =>
  story.map((step, index) => [`${lab.id} ${index + 1}`, lab, step] as const),
)

export interface Content {
  readonly description: string
}

/** What the panels of a step show, before its question or once it is `answered`. */
export async function contentsOf(
  lab: Lab,
  { patch, switches, uncovers }: StoryStep,
  answered: boolean,
): Promise<ReadonlyMap<string, Content>> {
  const contents = new Map<string, Content>()
  const toggled = new Map<string, { value: boolean; onChange(value: boolean): void }>()
  const add = ({ id, toggles = [] }: PanelOptions) => {
    for (const toggle of toggles) toggled.set(`${id} ${toggle.label}`, { ...toggle })
    return { update: (content: Content) => contents.set(id, content), place() {} }
  }
  const values = defaults(lab.parameters, validateOpening(lab, patch))
  const stage = {
    ...{ chart: add, scene: add, table: add, diagram: add, clear() {} },
    setToggle(panel: string, label: string, value: boolean) {
      const toggle = toggled.get(`${panel} ${label}`)
      if (!toggle || toggle.value === value) return
      toggle.value = value
      toggle.onChange(value)
    },
  }
  const actions = { set() {}, restart() {}, values: () => values, request: () => Promise.reject(new Error()) }
  const view = (await lab.loadView()).createView(stage as unknown as Stage, actions)
  view.draw(frameOf(lab.id, values))
  view.arrange?.({ ...switches, ...(answered ? uncovers : {}) })
  view.draw(frameOf(lab.id, values))
  return contents
}
