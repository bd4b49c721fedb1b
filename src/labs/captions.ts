/**
 * Renders the captions of a lab's story (Markdown, KaTeX between dollar signs, `{{metric}}` or `{{list[0]}}`) to HTML while the
 * page is built, so that no visitor downloads the renderers. Captions are written by us and come from no
 * link or input, so the HTML is used as it is. Runs in Node.
 */
import katex from 'katex'
import { Marked } from 'marked'
import { type Plugin, runnerImport } from 'vite'
import { formulaSyntax, metricSyntax } from './captionSyntax.ts'
import type { Answer, Question, StoryOutline, StoryStep } from './story.ts'

const marked = new Marked({
  gfm: true,
  extensions: [
    {
      ...formulaSyntax,
      renderer({ text, display, after }) {
        const html = katex
          .renderToString(text, { displayMode: display, throwOnError: true })
          // a strict Content Security Policy forbids the attribute, and permits a script to set the style
          .replaceAll(' style="', ' data-style="')
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

/** Blocks: paragraphs and lists. */
const blocks = (source: string) => marked.parse(source, { async: false })

/** Without a paragraph around it, for buttons and questions. */
const inline = (source: string) => marked.parseInline(source, { async: false })

function renderQuestion(question: Question): Question {
  const text = inline(question.text)
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

function renderStep(step: StoryStep): StoryStep {
  const { question, goal } = step
  return {
    ...step,
    caption: blocks(step.caption),
    question: question && renderQuestion(question),
    goal: goal && { ...goal, text: inline(goal.text), reason: inline(goal.reason) },
  }
}

/** All but the texts, which are loaded later. */
const outline = ({ caption, question, goal, ...rest }: StoryStep): StoryOutline => rest

/** The forms of a story that an import can ask for, by its query. */
const forms: Readonly<Record<string, (step: StoryStep) => StoryOutline>> = {
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
      const { module, dependencies } = await runnerImport<{ story: readonly StoryStep[] }>(file)
      for (const path of [file, ...dependencies]) this.addWatchFile(path)
      const styles = query === 'rendered' ? `import 'katex/dist/katex.min.css'\n` : ''
      return `${styles}export const story = ${JSON.stringify(module.story.map(form))}`
    },
    // every browser that runs this page reads the first of the three formats
    transform: (code, id) =>
      id.includes('katex.min.css')
        ? code.replace(/,url\([^)]*\.(woff|ttf)\) format\("[a-z]+"\)/g, '')
        : undefined,
  }
}
