/** What captions have beside Markdown: formulas between dollar signs, and live numbers as `{{metric}}`. */

/** A formula with the punctuation after it, which must not begin a new line. */
const formula = /^\$(\$?)((?:\\.|[^$\\])+?)\1\$([,.;:?!)]*)/
const metric = /^\{\{\s*(\w+)(?:\[(\d)\])?\s*\}\}/

export const formulaSyntax = {
  name: 'formula',
  level: 'inline' as const,
  start: (source: string) => source.match(/\$/)?.index,
  tokenizer(source: string) {
    const match = formula.exec(source)
    return match
      ? { type: 'formula', raw: match[0], text: match[2], display: match[1] !== '', after: match[3] }
      : undefined
  },
}

export const metricSyntax = {
  name: 'metric',
  level: 'inline' as const,
  start: (source: string) => source.match(/\{\{/)?.index,
  tokenizer(source: string) {
    const match = metric.exec(source)
    return match ? { type: 'metric', raw: match[0], text: match[1], entry: match[2] } : undefined
  },
}
