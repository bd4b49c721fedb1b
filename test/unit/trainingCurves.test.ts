/** What the training lab's charts show of two models: levels, an explosion, shares. */
import { describe, expect, it } from 'vitest'
import { type Curves, lossContent, repeatContent } from '../../src/labs/training/curvesView.ts'
import type { ModelFrame } from '../../src/labs/training/frame.ts'
import { textContent } from '../../src/labs/training/insideView.ts'
import { parameters, typed } from '../../src/labs/training/parameters.ts'
import { Race } from '../../src/labs/training/race.ts'
import { createPanels } from '../../src/labs/training/view.ts'
import { defaults } from '../../src/labs/validation.ts'
import type { ChartContent, Stage } from '../../src/stage/contract.ts'

type Frame = Curves['frame']

const values = typed(defaults(parameters))

describe('the loss chart', () => {
  const model = (losses: readonly number[], scheme: 'unit' | 'inverseSqrt'): ModelFrame => ({
    scheme,
    std: 1,
    losses: Float32Array.from(losses),
    newest: { validationLoss: losses[0], logitStd: 1, ownProbability: 1, alignment: 1 },
    validationLosses: Float32Array.of(losses[0]),
    logitStds: Float32Array.of(1),
    ownProbabilities: Float32Array.of(1),
    alignments: Float32Array.of(1),
    histogramEdges: new Float32Array(),
    histogramDensity: new Float32Array(),
    landscape: new Float32Array(),
    rowNorms: new Float32Array(),
    firstContinuation: '',
    continuation: '',
    continuationStep: -1,
    stoppedAt: -1,
  })
  const shownAt = (first: readonly number[], second: readonly number[]): Curves => ({
    names: true,
    frame: {
      step: first.length - 1,
      ready: true,
      progress: 1,
      values: { ...values },
      metrics: { step: first.length - 1, lnVocab: Math.log(values.vocab), unigramEntropy: 5.8 },
      data: {
        loading: undefined,
        models: [model(first, 'unit'), model(second, 'inverseSqrt')],
        measuredSteps: Float32Array.of(0),
        measuredStep: 0,
        landscapeRows: 0,
        landscapeBins: 0,
        ranks: new Float32Array(),
        prompt: '',
        race: new Race().frame,
        text: { name: 'mine', words: 5000, vocabulary: 700 },
      },
    },
  })
  const rulesOf = ({ marks }: ChartContent) => marks.filter((mark) => mark.kind === 'rule')
  const lnVocab = Math.log(values.vocab)

  it.each([60, 400])('has ln V and ln V + ½ beneath a first loss of %d, each told', (loss) => {
    const shown = shownAt([loss, loss - 1], [8.8, 8.7])
    for (const logarithmic of [false, true]) {
      const rules = rulesOf(lossContent(shown, { logarithmic }))
      expect(rules.map(({ value }) => value)).toEqual([lnVocab, lnVocab + 0.5, 5.8])
      expect(rules[1].label).toBe('ln V + ½')
    }
  })

  it('shows what lies near ln V, however high the other model begins', () => {
    const { y, marks } = lossContent(shownAt([400, 399], [8.8, 8.7]), { logarithmic: true, near: true })
    expect([y.scale, y.domain]).toEqual(['linear', [5.55, lnVocab + 1]])
    expect(marks.filter((mark) => mark.kind === 'line')).toHaveLength(4)
  })

  it('marks where a loss has grown to more than twice the first one', () => {
    const fine = lossContent(shownAt([60, 100, 119], [8.8, 8.7, 8.6]), { logarithmic: false })
    expect(fine.note).toMatch(/^thick: validation/)
    const { note, marks } = lossContent(shownAt([60, 100, 600, 700], [8.8, 30, 1400, 9]), {
      logarithmic: false,
    })
    expect(note).toMatch(/^Exploded: std 1 at step 2, std 1\/√d at step 1, .*Lower the learning rate/)
    const at = marks.flatMap((mark) => (mark.kind === 'rule' && mark.axis === 'x' ? [mark.value] : []))
    expect(at).toEqual([2, 1])
  })

  it('is drawn at every step, the others only once they have something new', () => {
    const drawn: string[] = []
    const add = ({ id }: { readonly id: string }) => ({ update: () => drawn.push(id) })
    const view = createPanels({ chart: add, scene: add, table: add } as unknown as Stage)
    const at = (steps: number): Frame => {
      const { frame } = shownAt(Array(steps + 1).fill(60), Array(steps + 1).fill(8))
      return frame
    }
    const drawnBy = (frame: Frame) => {
      drawn.length = 0
      view.draw(frame)
      return drawn.toSorted()
    }
    expect(drawnBy(at(20))).toEqual(['curves', 'early', 'logits', 'norms', 'repeat', 'text'])
    expect(drawnBy(at(21))).toEqual(['curves'])
    const measured = at(30)
    expect(drawnBy({ ...measured, data: { ...measured.data, measuredStep: 30 } })).toEqual([
      'curves',
      'logits',
      'norms',
      'repeat',
    ])
    const reset = shownAt([60], [8]).frame
    expect(drawnBy({ ...reset, values: { ...values, seed: 2 } })).toHaveLength(6)
  })

  it('writes a probability as the caption and the axis do', () => {
    expect(repeatContent(shownAt([60], [8.8])).note).toMatch(/^1\.00 and 1\.00;/)
  })

  it('has no level beside the goal of a race but ln V, so that each has a label of its own', () => {
    const shown = shownAt([60, 59], [8.8, 8.7])
    const { frame } = shown
    const race = { slower: 0, goal: 5.4, guess: 300, reachedAt: 290 } as const
    const raced = {
      ...shown,
      frame: { ...frame, values: { ...values, race: true }, data: { ...frame.data, race } },
    }
    const labels = rulesOf(lossContent(raced, { logarithmic: true })).map(({ label }) => label)
    expect(labels).toEqual([
      'the goal: 5.40',
      'your guess: 300',
      'there: 290',
      `ln V = ${lnVocab.toFixed(2)}`,
    ])
  })

  it('keeps what a model wrote before its training beside what it writes now', () => {
    const shown = shownAt([60, 59], [8.8, 8.7])
    const wrote = (model: ModelFrame, newest: string) => ({
      ...model,
      firstContinuation: ' to to to',
      continuation: newest,
      continuationStep: newest === ' to to to' ? 0 : 50,
    })
    const [first, second] = shown.frame.data.models ?? []
    const models = [wrote(first!, ' of the people'), wrote(second!, ' to to to')] as const
    const { rows } = textContent({
      ...shown,
      frame: { ...shown.frame, data: { ...shown.frame.data, models } },
    })
    expect(rows.map(({ cells }) => cells)).toEqual([
      ['std 1', '0', ' to to to'],
      ['std 1', '50', ' of the people'],
      ['std 1/√d', '0', ' to to to'],
    ])
    expect(new Set(rows.map(({ id }) => id)).size).toBe(3)
  })
})
