/** A caption of a lecturer's own: Markdown as nodes. Nothing of it becomes HTML; a tag is shown as it is typed. */
import type { Token, Tokens } from 'marked'
import { loadPart } from '../../part.ts'
import { element } from '../dom.ts'

type Formulas = typeof import('./formulas.ts')

const tags: Readonly<Record<string, keyof HTMLElementTagNameMap>> = {
  paragraph: 'p',
  heading: 'h3',
  blockquote: 'blockquote',
  strong: 'strong',
  em: 'em',
  del: 'del',
  list_item: 'li',
}

function nodeOf(token: Token, formulas: Formulas | undefined): Node | string {
  const children = (tokens: readonly Token[] = []) => tokens.map((one) => nodeOf(one, formulas))
  switch (token.type) {
    case 'space':
    case 'checkbox':
      return ''
    case 'code':
      return element('pre', {}, element('code', {}, token.text))
    case 'codespan':
      return element('code', {}, token.text)
    case 'br':
      return element('br')
    case 'list':
      return element(token.ordered ? 'ol' : 'ul', {}, ...children(token.items))
    case 'text':
      return token.tokens ? fragment(children(token.tokens)) : token.text
    case 'escape':
      return token.text
    case 'metric':
      return element('span', {
        class: 'live-metric',
        'data-metric': token.text,
        'data-entry': token.entry,
      })
    case 'curve': {
      const node = element('button', { class: 'curve', 'data-curve': token.curve }, ...children(token.tokens))
      return token.after ? element('span', { class: 'formula' }, node, token.after) : node
    }
    case 'formula': {
      if (!formulas) return token.raw
      const node = element('span')
      formulas.renderFormula(node, token.text, token.display)
      return token.after ? element('span', { class: 'formula' }, node, token.after) : node
    }
    case 'link':
      return linkOf(token as Tokens.Link, children(token.tokens))
    default:
      return tags[token.type]
        ? element(tags[token.type], {}, ...children('tokens' in token ? token.tokens : []))
        : token.raw
  }
}

/** Only to other pages of the web: a lesson may come from anyone. */
function linkOf({ href, raw }: Tokens.Link, content: readonly (Node | string)[]): Node | string {
  return /^https?:\/\//.test(href)
    ? element('a', { href, target: '_blank', rel: 'noopener noreferrer' }, ...content)
    : raw
}

function fragment(nodes: readonly (Node | string)[]): DocumentFragment {
  const all = document.createDocumentFragment()
  all.append(...nodes)
  return all
}

export async function captionNode(markdown: string): Promise<Node> {
  const { tokensOf } = await loadPart('The code for captions', () => import('./markdown.ts'))
  // the code for formulas is large, and few captions have one
  const formulas = markdown.includes('$') ? await import('./formulas.ts').catch(() => undefined) : undefined
  return fragment(tokensOf(markdown).map((token) => nodeOf(token, formulas)))
}
