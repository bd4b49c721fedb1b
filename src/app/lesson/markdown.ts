/** Markdown as tokens. The library comes with the first caption of a lecturer's own. */
import { Lexer, Marked, type Token } from 'marked'
import { curveSyntax, formulaSyntax, metricSyntax } from '../../labs/captionSyntax.ts'

const marked = new Marked({ gfm: true, extensions: [curveSyntax, formulaSyntax, metricSyntax] })

export const tokensOf = (markdown: string): readonly Token[] => new Lexer(marked.defaults).lex(markdown)
