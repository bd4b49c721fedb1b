/** Switches and panels of the VIB lab for steps of the story and numbers of dimensions. */
import { describe, expect, it } from 'vitest'
import { defaults } from '../../src/labs/validation.ts'
import { parameters } from '../../src/labs/vib/parameters.ts'
import { createView } from '../../src/labs/vib/view.ts'
import type { PanelOptions, Stage, TableContent } from '../../src/stage/contract.ts'

/** A stage that records its calls. */
function recorded() {
  const panels = new Map<string, PanelOptions>()
  const contents = new Map<string, unknown>()
  const set = new Map<string, boolean>()
  const add = (options: PanelOptions) => {
    panels.set(options.id, options)
    return { update: (content: unknown) => contents.set(options.id, content) }
  }
  const stage = {
    chart: add,
    scene: add,
    table: add,
    diagram: add,
    clear: () => panels.clear(),
    setToggle: (panel: string, label: string, value: boolean) => set.set(`${panel} ${label}`, value),
  } as unknown as Stage
  return { stage, panels, contents, set }
}

const norms = { model: 0, beta: 1, step: 1, encoderTask: 1, encoderRate: 1, decoderTask: 1, decoderRate: 0 }

function frame(values: Readonly<Record<string, string | number>>, loading = false, collapsedSince = -1) {
  return {
    step: 0,
    ready: true,
    progress: 1,
    values: { ...defaults(parameters), ...values },
    metrics: {},
    data: {
      loading: loading ? { share: 0.5, trainingImages: 60_000 } : undefined,
      models: {
        betas: [1],
        trainedBetas: [1],
        validationImages: 0,
        seeds: [0],
        stoppedAt: [-1],
        collapsedSince: [collapsedSince],
        room: undefined,
        evaluations: [],
      },
      shownModel: 0,
      encoded: 0.256,
      spaces: [],
      labels: new Uint8Array(),
      curves: undefined,
      diagram: undefined,
      gradients: norms,
    },
  }
}

const open = () => {
  const recording = recorded()
  const asked: unknown[] = []
  const view = createView(recording.stage, {
    set: (patch) => asked.push(patch),
    restart: () => asked.push('restart'),
    values: () => defaults(parameters),
    request: () => Promise.reject(new Error('none')),
  })
  return { ...recording, asked, view }
}

describe('switches that a step of the story sets', () => {
  it('end with it where they have no toggle', () => {
    const { view, contents, set } = open()
    view.draw(frame({}))
    const hidden = () => (contents.get('gradients') as TableContent).rows[0].cells.includes('?')
    view.arrange?.({ hidden: true, regions: false })
    expect([hidden(), set.get('latent regions')]).toEqual([true, false])
    view.arrange?.({ near: true })
    expect([hidden(), set.get('latent regions')]).toEqual([false, false])
  })

  it('keep the letters of three pictures only while their order is a riddle', () => {
    const { view, panels } = open()
    const titles = () => ['latent1', 'latent2', 'latent3'].map((id) => panels.get(id)?.title)
    view.draw(frame({ mode: 'three' }))
    expect(titles()).toEqual([1, 2, 3].map((number) => `Latent space ${number}`))
    view.arrange?.({ shuffled: true })
    expect(titles()).toEqual(['A', 'B', 'C'].map((letter) => `Latent space ${letter}`))
  })

  it('let a clicked picture choose its model unless its β is to be guessed', () => {
    const { view, panels, asked } = open()
    view.draw(frame({ mode: 'three' }))
    panels.get('latent3')?.onPick?.(7)
    view.arrange?.({ anonymous: true })
    panels.get('latent3')?.onPick?.(8)
    expect(asked).toEqual([{ image: 7, model: 2 }, { image: 8 }])
  })
})

describe('a latent space', () => {
  it.each([
    [2, ['regions', 'samples', 'ellipses']],
    [3, ['samples']],
    [16, ['regions', 'samples', 'ellipses']],
  ])(
    'of %d dimensions has the toggles that do something there, and says what it waits for',
    (latentDimensions, labels) => {
      const { view, panels, contents } = open()
      view.draw(frame({ latentDimensions }, true))
      expect(panels.get('latent')?.toggles?.map(({ label }) => label)).toEqual(labels)
      expect(contents.get('latent')).toMatchObject({
        empty: 'Loading 60,000 images to train on, and those for validation: 50 %',
      })
      view.draw(frame({ latentDimensions }))
      expect(contents.get('latent')).toMatchObject({ empty: 'Encoding the validation images: 25 %' })
    },
  )
})

it('names a collapse where the picture is, with a button that begins anew', () => {
  const { view, panels, contents, asked } = open()
  const space = { model: 0, stoppedAt: -1, projection: 'none', dimensions: 2, latentDimensions: 2 }
  const arrays = ['means', 'deviations', 'predictions', 'rates', 'chosen', 'covariances', 'samples']
  const empty = Object.fromEntries([...arrays, 'sampleImages'].map((name) => [name, []]))
  const domain = { x: [-1, 1], y: [-1, 1] }
  const drawn = (since: number) => {
    const next = frame({}, false, since)
    view.draw({ ...next, data: { ...next.data, spaces: [{ ...space, ...empty, domain }] } })
    return (contents.get('latent') as { note: string }).note
  }
  expect(drawn(-1)).toBe('β = 1')
  expect(panels.get('latent')?.actions).toEqual([])
  expect(drawn(150)).toMatch(/^β = 1: the code has collapsed\. Since step 150 .*no better than a blind guess/)
  const [action] = panels.get('latent')?.actions ?? []
  expect(action.label).toBe('Restart at this β')
  action.onClick()
  expect(asked).toEqual(['restart'])
  expect(drawn(-1)).toBe('β = 1')
  expect(panels.get('latent')?.actions).toEqual([])
})

it('draws the latent spaces while the user drags a value, and all panels at the end', () => {
  const { view, contents } = open()
  view.draw(frame({}))
  const drawn = (dragging: boolean) => {
    contents.clear()
    view.draw({ ...frame({ beta: 0.5 }), dragging })
    return [...contents.keys()]
  }
  expect(drawn(true)).toEqual(['latent'])
  expect(drawn(false)).toEqual(
    expect.arrayContaining(['latent', 'sweep', 'information', 'losses', 'gradients']),
  )
})
