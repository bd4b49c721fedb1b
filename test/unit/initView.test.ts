/** What the init lab's view draws and tells, and whose text the training lab names. */
import { describe, expect, it } from 'vitest'
import { spokenDigits } from '../../src/app/format.ts'
import { readoutText } from '../../src/app/readouts.ts'
import { five, measuredText } from '../../src/labs/common/texts.ts'
import { initLab } from '../../src/labs/init/index.ts'
import { parameters } from '../../src/labs/init/parameters.ts'
import { curveWidths } from '../../src/labs/init/theoryCurves.ts'
import { logitsContent, lossContent, type Shown, varianceContent } from '../../src/labs/init/view.ts'
import { trainingLab } from '../../src/labs/training/index.ts'
import { defaults } from '../../src/labs/validation.ts'

const loss = Float32Array.from(curveWidths, () => 11)
const shown: Shown = {
  names: true,
  frame: {
    step: 0,
    ready: true,
    progress: 1,
    values: { ...defaults(parameters), hidden: 'tied' },
    metrics: {
      loss: 95,
      lossStandardError: 1.2,
      lossPredicted: 94.5,
      lnVocab: 10.8,
      logitStd: 22.6,
      logitStdPredicted: 22.627,
      logitStdStandardError: 0.0123,
      ownLogit: 11.334,
      ownLogitPredicted: 11.29,
    },
    data: {
      wordsSeen: 50257,
      histogramEdges: Float32Array.of(-1, 0, 1),
      histogramDensity: Float32Array.of(0.5, 0.5),
      outside: 0,
      schemes: [
        { scheme: 'unit', std: 1, landscape: new Float32Array(1) },
        { scheme: 'inverseSqrt', std: 512 ** -0.5, landscape: new Float32Array(1) },
      ],
      landscapeRows: 1,
      landscapeBins: 1,
      curves: (['unit', 'inverseSqrt', 'gpt2'] as const).map((scheme) => ({ scheme, loss })),
      measured: [
        {
          scheme: 'unit',
          dModel: 512,
          loss: 95,
          standardError: 1.2,
          logitVariance: 512,
          logitVarianceError: 3,
        },
      ],
    },
  },
}
const far = { logarithmic: false, near: false, theory: true }
const near = { ...far, near: true }
const namesOf = (riddle: Shown) =>
  [...lossContent(riddle, far).marks, ...logitsContent(riddle, true).marks].flatMap(({ name }) => name ?? [])

describe('the first loss', () => {
  it('keeps the newest dot in the picture near ln V', () => {
    const [from, to] = lossContent(shown, near).y.domain ?? []
    expect(from).toBeLessThan(10.8)
    expect(to).toBeGreaterThan(95)
    const fixed = { ...shown, frame: { ...shown.frame, metrics: { ...shown.frame.metrics, loss: 11.3 } } }
    expect(lossContent(fixed, near).y.domain).toEqual([10.8 - 0.25, 12.8])
  })

  it('names no scheme in the riddle, and shows two models', () => {
    expect(namesOf(shown)).toContain('std 0.02')
    const names = namesOf({ ...shown, names: false })
    expect(names.filter((name) => name.includes('std '))).toEqual([])
    expect(names).toContain('model A, measured')
    expect(names).toContain('model B')
  })

  it('gives each model of the riddle the colour and shape that it keeps', () => {
    const looks = (riddle: Shown) =>
      lossContent(riddle, far).marks.flatMap((mark) =>
        mark.kind === 'dots' && mark.x.length > 0 ? [[mark.role, mark.shape]] : [],
      )
    expect(looks({ ...shown, names: false })).toEqual([['second', 'circle']])
    expect(looks({ ...shown, names: false })).toEqual(looks(shown))
  })

  it('shows only what is measured while a question hides the theory', () => {
    const hidden = lossContent(shown, { ...far, theory: false })
    expect(hidden.marks.filter(({ kind }) => kind === 'line')).toEqual([])
    expect(hidden.marks.filter(({ kind }) => kind === 'dots')).not.toEqual([])
    // without the curves the dots explain the colours
    expect(hidden.marks.filter(({ kind, legend }) => kind === 'dots' && legend)).toHaveLength(1)
    expect(hidden.note).toBe('measured 95.0 ± 1.2 nats')
    expect(hidden.description).not.toContain('expected')
    // the axis does not tell how high the curve goes
    const wide = { ...shown.frame.data, curves: [{ scheme: 'unit' as const, loss: loss.map(() => 400) }] }
    const high = { ...shown, frame: { ...shown.frame, data: wide } }
    expect(lossContent(high, far).y.domain?.[1]).toBeGreaterThan(400)
    expect(lossContent(high, { ...far, theory: false }).y.domain?.[1]).toBeLessThan(120)
  })

  it('tells no standard deviation in the riddle', () => {
    for (const content of [logitsContent(shown, true), varianceContent(shown)])
      expect([content.note, content.description]).toEqual([
        expect.stringContaining('measured'),
        expect.stringContaining('measured'),
      ])
    const riddle = { ...shown, names: false }
    for (const content of [logitsContent(riddle, true), varianceContent(riddle)])
      expect([content.note, content.description]).toEqual([
        undefined,
        expect.not.stringContaining('measured'),
      ])
  })

  it('is told as exactly as it is known', () => {
    expect(lossContent(shown, far).note).toBe('measured 95.0 ± 1.2, expected 94.5 nats')
    expect(logitsContent(shown, false).note).toBe('measured std 22.600 ± 0.012, predicted 22.627')
    expect(varianceContent(shown).note).toBe('measured 510.76 ± 0.56, d·std² = 511.98')
    const frame = {
      ...shown.frame,
      lab: 'init',
      run: 1,
      playing: false,
      finished: false,
      lastStep: 0,
      asks: false,
    }
    expect(readoutText(initLab, 'loss', frame)).toBe('95.0')
    expect(readoutText(initLab, 'lossPredicted', frame)).toBe('94.500')
    // five digits are enough for a more accurate or exact number
    for (const lossStandardError of [0.0001, Number.NaN]) {
      const metrics = { ...frame.metrics, loss: 94.98765, lossStandardError }
      expect(readoutText(initLab, 'loss', { ...frame, metrics })).toBe('94.988')
      expect(readoutText(initLab, 'loss', { ...frame, metrics }, { digits: spokenDigits })).toBe('95.0')
    }
    const metrics = { ...frame.metrics, loss: 9.4, lossStandardError: 1.2 }
    expect(readoutText(initLab, 'loss', { ...frame, metrics }, { digits: spokenDigits })).toBe('9.4')
  })
})

it('tells the prediction of every scheme’s logits, and of the input word’s own', () => {
  const names = namesOf(shown)
  expect(names).toContain('predicted, std 1')
  expect(names).toContain('predicted, std 1/√d')
  expect(logitsContent(shown, true).marks).toContainEqual(
    expect.objectContaining({ kind: 'rule', value: 11.29, role: 'theory' }),
  )
})

it('writes numbers as captions do, and no digit that an error drowns', () => {
  expect([five(1.58482e-7), five(409690.4), five(11.324012), five(0.02)]).toEqual([
    '1.585 × 10⁻⁷',
    '409,690',
    '11.324',
    '0.02',
  ])
  expect(measuredText(96.0819, 1.21)).toBe('96.1 ± 1.2')
  expect(measuredText(11.32401, 0.00131)).toBe('11.3240 ± 0.0013')
  expect(measuredText(10.824905, 1.2e-9)).toBe('10.825 ± 1.200 × 10⁻⁹')
  expect(measuredText(11.3, Number.NaN)).toBe('11.3')
})

it('has whole widths for its curves', () => {
  expect([...curveWidths].every(Number.isInteger)).toBe(true)
  expect([curveWidths[0], curveWidths.at(-1)]).toEqual([16, 4096])
})

it('credits a text only where one is read', () => {
  expect(initLab.credits).toBeUndefined()
  const values = defaults(trainingLab.parameters)
  expect(trainingLab.credits?.(values)).toContain('State of the Union')
  expect(trainingLab.credits?.({ ...values, text: 'own' })).toBeUndefined()
})
