/** Keys and wheel on the KL lab's handles set parameters, while no frame with these values arrives. */
import { describe, expect, test } from 'vitest'
import type { PanelSet } from '../../src/labs/common/panelSet.ts'
import { parseComponents, parsePlaneComponents } from '../../src/labs/kl/components.ts'
import { klLab as lab } from '../../src/labs/kl/index.ts'
import { createLineView } from '../../src/labs/kl/lineView.ts'
import { createPlaneView } from '../../src/labs/kl/planeView.ts'
import { createUniformView } from '../../src/labs/kl/uniformView.ts'
import type { ViewActions } from '../../src/labs/lab.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import { defaults, validateChange } from '../../src/labs/validation.ts'
import type { Handle, HandleEvent, PanelOptions, Stage } from '../../src/stage/contract.ts'
import { keyEvent } from '../../src/stage/handleMoves.ts'

/** A view without frames, and a page that sets the requested values. */
function open(create: (stage: Stage, actions: ViewActions) => PanelSet, given: ParameterValues) {
  let values = defaults(lab.parameters, given)
  let listed: readonly Handle[] | undefined
  let tell: (event: HandleEvent) => void = () => {}
  const parts: (string | undefined)[] = []
  const panel = (options: PanelOptions) => {
    tell = options.onHandle ?? tell
    return {
      update() {},
      place(handles?: readonly Handle[]) {
        listed = handles
      },
    }
  }
  const stage = { chart: panel, scene: panel, table: panel } as unknown as Stage
  const set = (patch: ParameterValues) => {
    values = { ...values, ...validateChange(lab, patch, values) }
    view.follow?.(values)
  }
  const view = create(stage, {
    set(patch, part) {
      parts.push(part)
      set(patch)
    },
    restart: () => {},
    values: () => values,
    request: () => Promise.reject(new Error('nothing')),
  })
  view.follow?.(values)
  const handle = (id: string) => listed?.find((one) => one.id === id)
  return {
    set,
    handle,
    parts,
    restart: () => {},
    values: () => values,
    listed: () => listed?.map(({ id }) => id),
    tell: (event: HandleEvent) => tell(event),
    press(id: string, keys: string, times = 1) {
      for (let press = 0; press < times; press++) {
        const key = keys.replace('Shift+', '')
        const event = keyEvent(handle(id) as Handle, key, key !== keys)
        if (event) tell(event)
      }
    },
  }
}

const line = (given: ParameterValues = {}) =>
  open((stage, actions) => createLineView(stage, actions, false), given)
const lineModes = (page: ReturnType<typeof open>) => parseComponents(String(page.values().components))

describe('on the line', () => {
  test('every key is a step, on one handle and on the next', () => {
    const page = line({ mu0: 1.5, sigma0: 0.5 })
    page.press('start', 'ArrowRight', 14)
    expect(page.values().mu0).toBeCloseTo(2.2, 12)
    expect(page.handle('start')?.x).toBe(page.values().mu0)
    page.press('mode:1', 'ArrowLeft', 3)
    page.press('mode:0', 'PageUp')
    page.press('mode:1', 'ArrowLeft')
    expect(lineModes(page).map(({ mean }) => mean)).toEqual([-2, 2.6])
    // the height of P is the height that will be drawn
    expect(page.handle('mode:1')?.y).toBeCloseTo(0.5 / Math.sqrt(2 * Math.PI), 4)
  })

  test('every notch is a factor, and a step is as long as what it has made', () => {
    const page = line()
    for (let notch = 0; notch < 6; notch++)
      page.tell({ kind: 'widen', id: 'mode:0', factor: 1.125, continued: notch > 0 })
    expect(lineModes(page)[0].sd).toBeCloseTo(1.125 ** 6, 4)
    expect(page.parts).toEqual([undefined, ...Array(5).fill('continued')])
    page.press('mode:0', 'ArrowRight', 2)
    expect(lineModes(page)[0].mean).toBeCloseTo(-3 + 0.2 * 1.125 ** 6, 4)
    page.press('start', 'Shift+ArrowUp', 10)
    expect(page.values().sigma0).toBeCloseTo(0.5 * 1.1 ** 10, 12)
  })

  test('after one is removed or added, the next key means what is then there', () => {
    const page = line({ target: 'three' })
    page.press('mode:0', 'Delete')
    expect(page.listed()).toEqual(['mode:0', 'mode:1', 'start'])
    page.press('mode:0', 'ArrowRight')
    expect(lineModes(page).map(({ mean }) => mean)).toEqual([0.1, 5])
    page.tell({ kind: 'add', x: -4, y: 0 })
    page.press('mode:2', 'ArrowLeft', 2)
    expect(lineModes(page)[2].mean).toBeCloseTo(-4.2, 6)
    page.press('mode:0', 'Delete', 2)
    // the last mode cannot be removed
    page.press('mode:0', 'Delete')
    expect(page.listed()).toEqual(['mode:0', 'start'])
  })

  test('a pair stays symmetric: either mode moves both, until another change makes it a custom target', () => {
    const page = line({ target: 'pair', distance: 1.2 })
    page.press('mode:1', 'ArrowRight', 3)
    expect(page.values()).toMatchObject({ target: 'pair', distance: expect.closeTo(1.5, 9) })
    expect([page.handle('mode:0')?.x, page.handle('mode:1')?.x]).toEqual([-1.5, 1.5])
    page.press('mode:0', 'PageUp')
    expect(page.values().distance).toBeCloseTo(0.5, 9)
    // they meet in the middle, and do not change sides
    page.press('mode:0', 'PageUp')
    expect(page.values()).toMatchObject({ target: 'pair', distance: 0 })
    page.set({ distance: 2.4 })
    page.press('mode:1', 'Shift+ArrowUp')
    expect(page.values().target).toBe('custom')
    expect(lineModes(page).map(({ mean }) => mean)).toEqual([-2.4, 2.4])
  })

  test('what is not permitted ends at the range, and so does the handle', () => {
    const page = line({ mu0: 99.99, sigma0: 0.5 })
    page.press('start', 'ArrowRight', 5)
    expect([page.values().mu0, page.handle('start')?.x]).toEqual([100, 100])
    page.press('start', 'ArrowLeft')
    expect(page.values().mu0).toBe(99.95)
  })

  test('what is set elsewhere counts in place of what a key did', () => {
    const page = line()
    page.press('start', 'ArrowRight', 3)
    page.set({ mu0: -7, sigma0: 2 })
    expect(page.handle('start')?.x).toBe(-7)
    page.press('start', 'ArrowRight')
    expect(page.values().mu0).toBe(-6.8)
  })

  test('of another family nothing is held, and nothing asked', () => {
    const page = line()
    page.set({ family: 'gaussian2d' })
    expect(page.listed()).toBeUndefined()
    page.tell({ kind: 'add', x: 0, y: 0 })
    expect(page.values().target).toBe('bimodal')
  })
})

test('in the plane keys and notches count along both axes', () => {
  const page = open(createPlaneView, { family: 'gaussian2d', mu0: 1, mu0Y: 0.5, sigma0: 0.5 })
  page.press('start', 'ArrowUp', 7)
  page.press('start', 'ArrowLeft', 7)
  expect(page.values()).toMatchObject({ mu0: expect.closeTo(0.65, 9), mu0Y: expect.closeTo(0.85, 9) })
  page.press('mode:1', 'Shift+ArrowUp', 4)
  page.press('mode:1', 'ArrowUp', 3)
  const [, mode] = parsePlaneComponents(String(page.values().planeComponents))
  const sd = 0.7 * 1.1 ** 4
  expect(Math.sqrt(mode.covariance[0])).toBeCloseTo(sd, 4)
  expect(mode.mean).toEqual([2, expect.closeTo(0.3 * sd, 4)])
})

test('edges of the uniform family stop at each other, and move on from there', () => {
  const page = open(createUniformView, { family: 'uniform', a: 0, b: 1, c: 0.5, d: 1.5 })
  page.press('c', 'ArrowLeft', 14)
  expect(page.values().c).toBeCloseTo(-0.2, 9)
  page.press('b', 'PageDown', 4)
  expect([page.values().b, page.handle('b')?.x]).toEqual([0.05, 0.05])
  page.press('b', 'ArrowRight')
  expect(page.values().b).toBe(0.1)
})
