import { describe, expect, it } from 'vitest'
import { causeOf, type Surroundings } from '../../src/app/causes.ts'
import { partFault } from '../../src/part.ts'

const part = 'https://site.test/lab/assets/vib-view-abc.js'
const fault = partFault('The code', `Failed to fetch dynamically imported module: ${part}`)
const own = '<title>natlab</title><script type="module" src="./assets/index-abc.js"></script>'
const answer = (status: number, body = '', type = 'text/html') =>
  new Response(body, { status, headers: { 'content-type': type } })

/** A page of which the server now sends `html` and `file`; without one there is no connection. */
function page(html: Response | undefined, file?: Response, protocol = 'https:'): Surroundings {
  return {
    protocol,
    page: 'https://site.test/lab/',
    script: './assets/index-abc.js',
    ask: async (address) => {
      const sent = address === part ? file : html
      if (!sent) throw new TypeError('Failed to fetch')
      return sent
    },
  }
}

describe('a part that did not arrive', () => {
  it.each([
    ['a file', page(undefined, undefined, 'file:'), /opened as a file.*npm start/, 'tryAgain'],
    ['no connection', page(undefined), /no connection/, 'tryAgain'],
    [
      'a login for the page',
      page(answer(200, '<title>Sign in</title>')),
      /another page, perhaps a login/,
      'reload',
    ],
    ['a newer version', page(answer(200, own.replace('abc', 'xyz')), answer(404)), /newer version/, 'reload'],
    ['a page that is gone', page(answer(403)), /answers 403/, 'reload'],
    [
      'a missing file',
      page(answer(200, own), answer(404)),
      /does not have the file vib-view-abc.js/,
      'tryAgain',
    ],
    [
      'a refused file',
      page(answer(200, own), answer(403)),
      /refuses the file vib-view-abc.js \(status 403\)/,
      'tryAgain',
    ],
    [
      'a login for the file',
      page(answer(200, own), answer(200, '<html>')),
      /another page in place of vib-view-abc.js/,
      'reload',
    ],
    ['a blocked file', page(answer(200, own)), /blocked on its way/, 'tryAgain'],
    [
      'a short fault',
      page(answer(200, own), answer(200, 'export {}', 'text/javascript')),
      /can be had now/,
      'tryAgain',
    ],
  ] as const)('has its cause named with the remedy that helps: %s', async (_, surroundings, text, remedy) => {
    const cause = await causeOf(fault, surroundings)
    expect(cause.text).toMatch(text)
    expect(cause.remedy).toBe(remedy)
  })

  it('is told as the browser does where its address is not known', async () => {
    const worker = partFault('The computing worker', 'the browser does not say why')
    expect((await causeOf(worker, page(answer(200, own)))).text).toMatch(/browser does not say why/)
  })
})
