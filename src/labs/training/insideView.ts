/** Inside the two models: logits, softmax landscape, the embeddings' norms, and the texts that they write. */

import { count, counted } from '../../count.ts'
import type { BarsContent, ChartContent, Mark, TableContent } from '../../stage/contract.ts'
import { line } from '../common/marks.ts'
import { spoken, spokenPercent } from '../common/spoken.ts'
import { brief, five } from '../common/texts.ts'
import { type Curves, shownModels, waiting } from './curvesView.ts'
import { typed } from './parameters.ts'

/** The step of the newest measurement, as a note. */
function measuredNote({ frame }: Curves): string | undefined {
  const { measuredStep } = frame.data
  return measuredStep < 0 ? undefined : `at step ${count(measuredStep)}`
}

export function logitsContent(shown: Curves, logarithmic: boolean): ChartContent {
  const models = shownModels(shown).filter(({ model }) => model.histogramDensity.length > 0)
  // the widest histogram first, so that a narrow peak stands in front of it
  const ordered = models.toSorted((one, other) =>
    other.model.histogramEdges[0] < one.model.histogramEdges[0] ? 1 : -1,
  )
  const peak = Math.max(...models.map(({ model }) => Math.max(...model.histogramDensity)))
  const reach = Math.max(...models.map(({ model }) => reachOf(model.histogramEdges, model.histogramDensity)))
  return {
    x: { label: 'logit', scale: 'linear', domain: [-reach, reach] },
    y: {
      label: 'probability density',
      scale: logarithmic ? 'log' : 'linear',
      domain: logarithmic ? [peak * 1e-6, peak * 2.5] : [0, peak * 1.15],
    },
    marks: ordered.map(
      ({ model, name, curve, role }): Mark => ({
        kind: 'histogram',
        name,
        curve,
        role,
        edges: model.histogramEdges,
        heights: model.histogramDensity,
      }),
    ),
    note:
      models.length > 0
        ? `std ${models.map(({ model }) => brief(model.logitStds.at(-1) ?? Number.NaN)).join(' and ')}`
        : undefined,
    empty: waiting(shown),
    description: `Histograms of the logits ${measuredNote(shown) ?? ''}. ${models
      .map(({ model, name }) => `${name}: standard deviation ${spoken(model.logitStds.at(-1) ?? Number.NaN)}`)
      .join('; ')}.`,
  }
}

/** Distance from 0 to the outer edge of the outermost filled bin. */
function reachOf(edges: Float32Array, density: Float32Array): number {
  let reach = 0
  for (const [bin, value] of density.entries())
    if (value > 0) reach = Math.max(reach, Math.abs(edges[bin]), Math.abs(edges[bin + 1]))
  return reach
}

export function landscapeContent(shown: Curves, logarithmic: boolean): BarsContent {
  const { data, values } = shown.frame
  const { landscapeRows, landscapeBins } = data
  const { vocab } = typed(values)
  const models = shownModels(shown)
  return {
    fields: models.map(({ model, name, curve, role }) => ({
      rows: landscapeRows,
      columns: landscapeBins,
      heights: model.landscape,
      role,
      name,
      curve,
    })),
    height: {
      label: 'largest probability',
      scale: logarithmic ? 'log' : 'linear',
      domain: logarithmic ? [1e-6, 1] : [0, 1],
    },
    rowLabel: 'position',
    columnLabel: 'rank of the word',
    note: measuredNote(shown),
    description: `Softmax probabilities as bars ${measuredNote(shown) ?? ''}: ${counted(landscapeRows, 'position')} in rows, the words by their rank in columns. The highest bar: ${models.map(({ model, name }) => `${name}: ${spokenPercent(model.landscape.reduce((most, value) => Math.max(most, value), 0))}`).join('; ')}.`,
    hover: (field, row, column) => {
      const first = Math.ceil((column * vocab) / landscapeBins)
      const end = Math.ceil(((column + 1) * vocab) / landscapeBins)
      const probability = models[field].model.landscape[row * landscapeBins + column]
      return `${models[field].name}, position ${row + 1}, words of rank ${count(first + 1)}–${count(end)}: largest probability ${probability.toPrecision(4)}`
    },
  }
}

export function normsContent(shown: Curves): ChartContent {
  const { ranks } = shown.frame.data
  const models = shownModels(shown).filter(({ model }) => model.rowNorms.length > 0)
  return {
    x: { label: 'word’s frequency rank', scale: 'log' },
    y: { label: 'norm of its embedding', scale: 'log' },
    marks: models.map(({ model, name, curve, role }) =>
      line(name, role, ranks, model.rowNorms, { curve, width: 2.5 }),
    ),
    note: measuredNote(shown),
    empty: waiting(shown),
    description: `Mean norm of the embedding’s rows by frequency rank, ${measuredNote(shown) ?? ''}. ${models
      .map(
        ({ model, name }) =>
          `${name}: ${spoken(model.rowNorms[0])} for the most frequent, ${spoken(model.rowNorms.at(-1) ?? Number.NaN)} for the rarest words`,
      )
      .join('; ')}.`,
    format: five,
  }
}

export function textContent(shown: Curves): TableContent {
  const { prompt } = shown.frame.data
  const models = shownModels(shown)
  // what a model wrote before its training stays beside what it writes now
  const texts = models.flatMap(({ model, name, curve, role }, index) => {
    const first = { id: `${index} first`, name, curve, role, text: model.firstContinuation, step: 0 }
    const { continuation: text, continuationStep: step } = model
    return step > 0 ? [first, { ...first, id: `${index} newest`, text, step }] : [first]
  })
  const unknown = texts.some(({ text }) => text.includes('<unk>'))
  return {
    columns: [{ label: 'model' }, { label: 'step' }, { label: 'writes', words: true }],
    rows: texts.map(({ id, name, curve, role, text, step }) => ({
      id,
      curve,
      cells: [name, count(step), text === '' ? 'is writing …' : text],
      role,
    })),
    note:
      prompt === ''
        ? undefined
        : `Both go on after “${prompt} …”${unknown ? '; <unk> is any word that is not in the vocabulary.' : ''}`,
    empty: waiting(shown),
    description: `How each model continues “${prompt}”: ${texts
      .map(({ name, step, text }) => `${name} at step ${count(step)}: “${text}”`)
      .join('; ')}.`,
  }
}
