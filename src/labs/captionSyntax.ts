/**
 * What captions have beside Markdown: formulas between dollar signs, live numbers as `{{metric}}`, and curves that a word or
 * a formula names, as `[$P$](curve:p)`.
 */

/** Punctuation after a formula or a curve must not begin a new line. */
const after = '([,.;:?!)]*)'
const formula = new RegExp(`^\\$(\\$?)((?:\\\\.|[^$\\\\])+?)\\1\\$${after}`)
const metric = /^\{\{\s*(\w+)(?:\[(\d)\])?\s*\}\}/
const curve = new RegExp(`^\\[((?:\\$[^$]+\\$|[^$\\]])+)\\]\\(curve:([\\w+]+)\\)${after}`)

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

/** The words of a curve (stage/standing.ts) stand with a plus between them: `curve:q+forward`. */
export const curveSyntax = {
  name: 'curve',
  level: 'inline' as const,
  start: (source: string) => source.match(/\[/)?.index,
  tokenizer<Token>(this: { readonly lexer: { inlineTokens(source: string): Token[] } }, source: string) {
    const match = curve.exec(source)
    if (!match) return undefined
    const tokens = this.lexer.inlineTokens(match[1])
    return { type: 'curve', raw: match[0], tokens, curve: match[2].replaceAll('+', ' '), after: match[3] }
  },
}
