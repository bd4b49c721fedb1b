/** The pages of a handout: a step on each, and the right answers on the last one. */
import type { EngineFrame } from '../../../engine/protocol.ts'
import type { Lab } from '../../../labs/lab.ts'
import type { Question } from '../../../labs/story.ts'
import { element, setHtml } from '../../dom.ts'
import { spokenDigits } from '../../format.ts'
import { reasonOf, truthOf } from '../../presenter/answers.ts'
import { isKnown, isRight } from '../../question/rounds.ts'
import { readoutText } from '../../readouts.ts'
import type { ToldStep } from './walk.ts'

const letters = 'ABCDEFGHIJ'

function html(tag: 'p' | 'div' | 'span' | 'li', text: string, look = ''): HTMLElement {
  const node = element(tag, { class: look })
  setHtml(node, text)
  return node
}

/** Writes the numbers of the run into a text; what the question hides is a question mark. */
function fillNumbers(node: HTMLElement, lab: Lab, frame: EngineFrame, hidden: readonly string[]): void {
  for (const place of node.querySelectorAll<HTMLElement>('[data-metric]')) {
    const { metric = '', entry } = place.dataset
    const form = { digits: spokenDigits, entry: entry === undefined ? undefined : Number(entry) } as const
    place.textContent = hidden.includes(metric) ? '?' : readoutText(lab, metric, frame, form)
  }
}

function questionNode(question: Question): HTMLElement {
  const node = element('div', { class: 'handout-question' }, html('p', question.text))
  if ('answers' in question)
    node.append(
      element(
        'ul',
        { class: 'handout-answers' },
        ...question.answers.map((answer, index) =>
          element('li', {}, element('strong', {}, `☐ ${letters[index]} `), html('span', answer.text)),
        ),
      ),
    )
  else if ('match' in question) {
    const list = (texts: readonly string[]) =>
      element('ul', { class: 'handout-answers' }, ...texts.map((text) => html('li', text)))
    node.append(
      element(
        'div',
        { class: 'handout-match' },
        list(question.match.things.map((text) => `${text}: ______`)),
        list(question.match.values),
      ),
    )
  } else if ('guess' in question) node.append(element('p', {}, 'Your answer: ____________'))
  else node.append(element('div', { class: 'handout-sheet' }))
  return node
}

/** Where the picture comes from, in a line. */
function sourceOf({ frame }: { readonly frame: EngineFrame }): string {
  const { seed } = frame.values
  return `At step ${frame.step} of the run${seed === undefined ? '' : `, seed ${seed}`}.`
}

function figure(picture: Blob, said: string, source: string, urls: string[]): HTMLElement {
  const url = URL.createObjectURL(picture)
  urls.push(url)
  return element(
    'figure',
    { class: 'handout-figure' },
    element('img', { src: url, alt: said }),
    element('figcaption', {}, source),
  )
}

function stepPage({ place, texts, shown }: ToldStep, title: string, steps: number, urls: string[]) {
  const { step, index } = place
  const caption = element('div', { class: 'caption' })
  if (typeof texts.caption === 'string') setHtml(caption, texts.caption)
  else caption.append(texts.caption.cloneNode(true))
  const page = element(
    'section',
    { class: 'handout-page' },
    element('p', { class: 'handout-place' }, `${title}, step ${index + 1} of ${steps}`),
    element('h2', {}, step.title),
    shown && figure(shown.picture, shown.said, sourceOf(shown), urls),
    caption,
    texts.question && questionNode(texts.question),
    texts.goal && html('p', texts.goal.text, 'handout-question'),
  )
  if (shown) fillNumbers(page, shown.lab, shown.frame, step.hides ?? [])
  return page
}

/** The right answers with their reasons; the numbers of the run after the answer decide. */
function answerNodes({ texts: { question, goal }, shown, after = shown }: ToldStep): readonly HTMLElement[] {
  const metrics = after?.frame.metrics ?? {}
  const nodes: HTMLElement[] = []
  if (question && 'answers' in question) {
    for (const [index, answer] of question.answers.entries()) {
      if (!isKnown(answer, metrics) || !isRight(answer, metrics)) continue
      const text = element('p', {}, element('strong', {}, `${letters[index]} `), html('span', answer.text))
      nodes.push(text, html('p', answer.reason, 'handout-reason'))
    }
    if (nodes.length === 0)
      nodes.push(element('p', {}, 'The numbers of the run decide: they are not there yet.'))
  } else if (question) {
    const truth = 'sketch' in question ? '' : truthOf(question, { metrics })
    if (truth) nodes.push(html('p', truth))
    nodes.push(html('p', reasonOf(question), 'handout-reason'))
  }
  if (goal) nodes.push(html('p', goal.reason, 'handout-reason'))
  return nodes
}

function answersPage(told: readonly ToldStep[], urls: string[]): HTMLElement | false {
  const entries = told.flatMap((one) => {
    const nodes = answerNodes(one)
    if (nodes.length === 0) return []
    const entry = element(
      'section',
      { class: 'handout-answer' },
      element('h3', {}, `Step ${one.place.index + 1}: ${one.place.step.title}`),
      one.after && figure(one.after.picture, one.after.said, sourceOf(one.after), urls),
      ...nodes,
    )
    if (one.after) fillNumbers(entry, one.after.lab, one.after.frame, [])
    return [entry]
  })
  return (
    entries.length > 0 &&
    element(
      'section',
      { class: 'handout-page handout-last' },
      element('h2', {}, 'The right answers'),
      ...entries,
    )
  )
}

/** The pages; `urls` of their pictures are to be given back when they are closed. */
export function createPages(told: readonly ToldStep[], title: string, about: string) {
  const urls: string[] = []
  const pages = told.map((one) => stepPage(one, title, told.length, urls))
  const answers = answersPage(told, urls)
  const source = element('p', { class: 'handout-source' }, about)
  const node = element('div', { class: 'handout-pages' }, ...pages, answers)
  pages[0]?.append(source)
  for (const word of node.querySelectorAll('button')) word.replaceWith(...word.childNodes)
  return { node, urls }
}
