/**
 * Turns a caption (Markdown, KaTeX between dollar signs, `{{metric}}`) into HTML. Captions are written by us and
 * come from no link or input, so the HTML is used as it is. Loaded when the first caption is shown.
 */
import 'katex/dist/katex.min.css'
import katex from 'katex'
import { Marked } from 'marked'

const formula = /^\$(\$?)((?:\\.|[^$\\])+?)\1\$/
const metric = /^\{\{\s*(\w+)\s*\}\}/

const marked = new Marked({
  gfm: true,
  extensions: [
    {
      name: 'formula',
      level: 'inline',
      start: (source) => source.match(/\$/)?.index,
      tokenizer(source) {
        const match = formula.exec(source)
        return match
          ? { type: 'formula', raw: match[0], text: match[2], display: match[1] !== '' }
          : undefined
      },
      renderer: (token) =>
        katex.renderToString(token.text, { displayMode: token.display, throwOnError: false }),
    },
    {
      name: 'metric',
      level: 'inline',
      start: (source) => source.match(/\{\{/)?.index,
      tokenizer(source) {
        const match = metric.exec(source)
        return match ? { type: 'metric', raw: match[0], text: match[1] } : undefined
      },
      renderer: (token) => `<span class="live-metric" data-metric="${token.text}">–</span>`,
    },
  ],
})

/** Blocks: paragraphs and lists. */
export function renderCaption(source: string): string {
  return marked.parse(source, { async: false })
}

/** Without a paragraph around it, for buttons and questions. */
export function renderInline(source: string): string {
  return marked.parseInline(source, { async: false })
}
