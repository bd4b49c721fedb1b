/**
 * Writes a page for each lab while the site is built. Chats and other sites read its title, its question and its picture
 * where somebody sends a link to it; a visitor is led on to the lab. Runs in Node.
 */
import { fileURLToPath } from 'node:url'
import { type HtmlTagDescriptor, type Plugin, runnerImport } from 'vite'
import { renderedStories } from './captions.ts'
import type { Lab } from './lab.ts'

/** Pixels of a picture; `npm run pictures` takes them. */
const size = { width: 1200, height: 630 }
/** The lab whose picture stands for the whole page. */
const foremost = 'kl'

/** Where the picture of a lab lies in the built folder. */
export const pictureOf = (lab: string) => `pictures/${lab}.jpg`

interface Told {
  readonly title: string
  readonly description: string
  readonly picture: string
  /** The file that is linked; empty for the page itself. */
  readonly file: string
}

type Attributes = Readonly<Record<string, string>>

/** The `meta` elements. `site` is where the page will be: many sites show a picture only if its address is whole. */
function metasOf({ title, description, picture, file }: Told, site: string): readonly Attributes[] {
  const open: Attributes = {
    type: 'website',
    site_name: 'natlab',
    title,
    description,
    ...(site && { url: site + file }),
    image: site + picture,
    'image:width': String(size.width),
    'image:height': String(size.height),
    'image:alt': `What natlab shows: ${description}`,
  }
  return [
    ...Object.entries(open).map(([name, content]) => ({ property: `og:${name}`, content })),
    { name: 'twitter:card', content: 'summary_large_image' },
  ]
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`)

/** A page that leads to the lab and keeps what the link says of it. */
export function linkPage(
  { id, title, question }: Pick<Lab, 'id' | 'title' | 'question'>,
  site: string,
): string {
  const told = {
    title: `${title} · natlab`,
    description: question,
    picture: pictureOf(id),
    file: `${id}.html`,
  }
  const metas = metasOf(told, site).map((attributes) => {
    const written = Object.entries(attributes).map(([name, value]) => `${name}="${escaped(value)}"`)
    return `    <meta ${written.join(' ')}>`
  })
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escaped(told.title)}</title>
    <meta name="description" content="${escaped(question)}">
${metas.join('\n')}
    <link rel="icon" href="./favicon.svg" type="image/svg+xml">
    <script src="./lead.js" data-lab="${id}"></script>
  </head>
  <body>
    <p><a href="./#lab=${id}">${escaped(title)}: ${escaped(question)}</a></p>
  </body>
</html>
`
}

/** Where the page will be, with a slash at its end; empty if that is not said. */
export function siteOf(address = ''): string {
  if (address === '') return ''
  if (!/^https?:\/\/[^?#]+$/.test(address))
    throw new Error(
      `NATLAB_URL is "${address}". It must be the whole address of the page, as https://example.org/natlab/.`,
    )
  return address.replace(/\/*$/, '/')
}

export function linkPages(): Plugin {
  const site = siteOf(process.env.NATLAB_URL)
  return {
    name: 'natlab-link-pages',
    apply: 'build',
    async generateBundle() {
      const { module } = await runnerImport<{ labs: readonly Lab[] }>(
        fileURLToPath(new URL('./index.ts', import.meta.url)),
        { configFile: false, plugins: [renderedStories()] },
      )
      for (const lab of module.labs)
        this.emitFile({ type: 'asset', fileName: `${lab.id}.html`, source: linkPage(lab, site) })
    },
    transformIndexHtml(html): HtmlTagDescriptor[] {
      const description = /<meta name="description" content="([^"]*)">/.exec(html)?.[1] ?? ''
      const told = { title: 'natlab', description, picture: pictureOf(foremost), file: '' }
      return metasOf(told, site).map((attrs) => ({ tag: 'meta', attrs: { ...attrs }, injectTo: 'head' }))
    },
  }
}
