/**
 * Why a part of the page did not arrive: the page asks the server once more and compares. Each cause has its own sentence
 * and the remedy that helps.
 */
export interface Cause {
  readonly text: string
  /** A new version or a login comes only with a new page; all else may be tried again where it stands. */
  readonly remedy: 'reload' | 'tryAgain'
}

/** What the page knows of itself, and how it asks its server. */
export interface Surroundings {
  readonly protocol: string
  /** Address of the page, without its view. */
  readonly page: string
  /** Address of the page's own script, as index.html names it. */
  readonly script: string | undefined
  ask(address: string): Promise<Response>
}

export const here = (): Surroundings => ({
  protocol: location.protocol,
  page: location.href.replace(/#.*/, ''),
  script: document.querySelector('script[type=module][src]')?.getAttribute('src') ?? undefined,
  ask: (address) => fetch(address, { cache: 'no-store', signal: AbortSignal.timeout(8000) }),
})

const fileName = (address: string) => address.split(/[?#]/)[0].split('/').at(-1)!

const texts = {
  file: 'The page was opened as a file, and browsers load its parts only from a server. Start one with “npm start”, or open the page at its address on the web.',
  offline: 'There is no connection to the server.',
  newer: 'There is a newer version of natlab on the server. Reload the page: it opens with this view.',
  login: 'The server answers with another page, perhaps a login. Reload the page and sign in there.',
}

/** The cause of a fault with the code `part`; its message may hold the address of the part. */
export async function causeOf(
  { message }: Error,
  { protocol, page, script, ask }: Surroundings,
): Promise<Cause> {
  const cause = (text: string, remedy: Cause['remedy'] = 'tryAgain'): Cause => ({ text, remedy })
  if (protocol === 'file:') return cause(texts.file)
  let answer: Response
  try {
    answer = await ask(page)
  } catch {
    return cause(texts.offline)
  }
  if (answer.ok) {
    const html = await answer.text()
    if (!/<title>natlab/i.test(html)) return cause(texts.login, 'reload')
    if (script && !html.includes(fileName(script))) return cause(texts.newer, 'reload')
  } else return cause(`The server answers ${answer.status} for this page.`, 'reload')
  const address = /https?:\/\/\S+?\.(?:js|css|wasm)\b/.exec(message)?.[0]
  if (!address) return cause(`${message}.`)
  const name = fileName(address)
  try {
    const part = await ask(address)
    if (part.status === 404) return cause(`The server does not have the file ${name}.`)
    if (!part.ok) return cause(`The server refuses the file ${name} (status ${part.status}).`)
    if (/html/.test(part.headers.get('content-type') ?? ''))
      return cause(
        `The server sends another page in place of ${name}, perhaps a login. Reload the page and sign in there.`,
        'reload',
      )
  } catch {
    return cause(`The file ${name} is blocked on its way, perhaps by an extension or by the network.`)
  }
  return cause('It can be had now.')
}
