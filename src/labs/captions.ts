/**
 * Renders the captions of a lab's story (Markdown, KaTeX between dollar signs, `{{metric}}` or `{{list[0]}}`) to HTML while the
 * page is built, so that no visitor downloads the renderers. Captions are written by us and come from no
 * link or input, so the HTML is used as it is. Runs in Node.
 */
import { basename, dirname } from 'node:path'
import katex from 'katex'
import { Marked } from 'marked'
import { type Plugin, runnerImport } from 'vite'
import { curveSyntax, formulaSyntax, metricSyntax } from './captionSyntax.ts'
import { curveNames } from './curveNames.ts'
import { wordsIn } from './glossary.ts'
import type { Answer, Question, StoryOutline, StoryStep } from './story.ts'

/** The lab of the step that is rendered, and its words that are marked already. Nothing is marked without it. */
let marking: { readonly lab: string; readonly known: Set<string> } | undefined

const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`)

/** Words of the glossary become buttons, where they stand first: words/words.ts in the page opens their sentences. */
function withWords(text: string): string {
  if (!marking) return escaped(text)
  let html = ''
  let from = 0
  for (const { word, start, end } of wordsIn(text, marking.lab)) {
    if (marking.known.has(word.name)) continue
    marking.known.add(word.name)
    html += `${escaped(text.slice(from, start))}<button class="word">${escaped(text.slice(start, end))}</button>`
    from = end
  }
  return html + escaped(text.slice(from))
}

/** What a curve is, if the lab has one with these words. */
const nameOf = (lab: string, curve: string): string | undefined =>
  new Map(Object.entries(curveNames[lab] ?? {})).get(curve)

function withoutMarking(render: () => string): string {
  const before = marking
  marking = undefined
  const html = render()
  marking = before
  return html
}

/** curves/curves.ts in the page lights the curve. The title says which one it is. */
const curveButton = (curve: string, says: string, html: string) =>
  `<button class="curve" data-curve="${curve}" title="${escaped(`Shows ${says}`)}">${html}</button>`

/** Signs of TeX. A longer formula may be broken: in a narrow column it would not fit. */
const longFormula = 40

const marked = new Marked({
  gfm: true,
  renderer: {
    text(token) {
      return 'tokens' in token && token.tokens ? this.parser.parseInline(token.tokens) : withWords(token.text)
    },
  },
  extensions: [
    {
      ...formulaSyntax,
      renderer({ text, display, after }) {
        const html = katex
          .renderToString(text, { displayMode: display, throwOnError: true })
          // a strict Content Security Policy forbids the attribute, and permits a script to set the style
          .replaceAll(' style="', ' data-style="')
        if (!after) return html
        return text.length > longFormula ? html + after : `<span class="formula">${html}${after}</span>`
      },
    },
    {
      ...curveSyntax,
      renderer({ tokens = [], curve, after }) {
        const says = marking && nameOf(marking.lab, curve)
        // answers are buttons themselves
        if (!says) throw new Error(`No caption, question or goal can name the curve “${curve}” here.`)
        const html = curveButton(
          curve,
          says,
          withoutMarking(() => this.parser.parseInline(tokens)),
        )
        return after ? `<span class="formula">${html}${after}</span>` : html
      },
    },
    {
      ...metricSyntax,
      renderer: ({ text, entry }) =>
        `<span class="live-metric" data-metric="${text}"${entry ? ` data-entry="${entry}"` : ''}>–</span>`,
    },
  ],
})

const word = '<button class="word">[^<]*</button>'
const wordAndSign = new RegExp(`(<(strong|em)>${word}</\\2>|${word})([.,:;?!)]+)`, 'g')

/** A line may end before and after a button: no line begins with the sign after one. */
const withSigns = (html: string) => html.replace(wordAndSign, '<span class="formula">$1$3</span>')

/** Blocks: paragraphs and lists. */
const blocks = (source: string) => marked.parse(source, { async: false })

/** Without a paragraph around it, for buttons and questions. */
const inline = (source: string) => marked.parseInline(source, { async: false })

/** `text` is the question's own, rendered. */
function renderQuestion(question: Question, text: string): Question {
  if ('answers' in question) {
    const rendered = (answer: Answer) => ({
      ...answer,
      text: inline(answer.text),
      reason: inline(answer.reason),
    })
    return { ...question, text, answers: question.answers.map(rendered) }
  }
  if ('match' in question) {
    const { match } = question
    return {
      ...question,
      text,
      match: { ...match, values: match.values.map(inline), reason: inline(match.reason) },
    }
  }
  if ('sketch' in question)
    return { ...question, text, sketch: { ...question.sketch, reason: inline(question.sketch.reason) } }
  return { ...question, text, guess: { ...question.guess, reason: inline(question.guess.reason) } }
}

/** The words and curves of the caption, the question and the goal are marked; answers are buttons themselves. */
export function renderStep(step: StoryStep, lab: string): StoryStep {
  const { question, goal } = step
  marking = { lab, known: new Set() }
  const caption = withSigns(blocks(step.caption))
  const asked = question && withSigns(inline(question.text))
  const wanted = goal && withSigns(inline(goal.text))
  marking = undefined
  return {
    ...step,
    caption,
    question: question && renderQuestion(question, asked!),
    goal: goal && { ...goal, text: wanted!, reason: inline(goal.reason) },
  }
}

/** All but the texts, which are loaded later. */
const outline = ({ caption, question, goal, ...rest }: StoryStep): StoryOutline => rest

/** The forms of a story that an import can ask for, by its query. */
const forms: Readonly<Record<string, (step: StoryStep, lab: string) => StoryOutline>> = {
  '?outline': outline,
  '?rendered': renderStep,
}

/** Makes `./story.ts?rendered` the story with its texts as HTML, and `./story.ts?outline` the one without texts. */
export function renderedStories(): Plugin {
  return {
    name: 'natlab-captions',
    enforce: 'pre',
    async load(id) {
      const [file, query] = id.split('?')
      const form = forms[`?${query}`]
      if (!form) return
      const lab = basename(dirname(file))
      const { module, dependencies } = await runnerImport<{ story: readonly StoryStep[] }>(file)
      for (const path of [file, ...dependencies]) this.addWatchFile(path)
      const styles = query === 'rendered' ? `import 'katex/dist/katex.min.css'\n` : ''
      return `${styles}export const story = ${JSON.stringify(module.story.map((step) => form(step, lab)))}`
    },
    // every browser that runs this page reads the first of the three formats
    transform: (code, id) =>
      id.includes('katex.min.css')
        ? code.replace(/,url\([^)]*\.(woff|ttf)\) format\("[a-z]+"\)/g, '')
        : undefined,
  }
}
