/** The built site in a frame of another page: of another origin, and in a sandbox. More in test/walks/embed.test.ts. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openHost } from './hostPage.ts'
import { openSite, type Site } from './site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

const link = '?embed&panels=landscape&controls=mu0#lab=kl&backend=wasm'

it('computes in a page of another origin, which calls it by messages', async () => {
  const { frame, ask, told } = await openHost(
    `<iframe src="${site.address}${link}" width="480" height="360">`,
  )
  expect(await ask({ natlab: 'call', method: 'set', arguments: [{ mu0: -2 }] })).toMatchObject({
    natlab: 'result',
  })
  const answer = await ask({ natlab: 'call', method: 'parameters' })
  expect(answer.value).toMatchObject({ mu0: -2 })
  await ask({ natlab: 'subscribe' })
  await ask({ natlab: 'call', method: 'run', arguments: [7] })
  await expect.poll(async () => (await told('frame')).at(-1)?.step).toBeGreaterThanOrEqual(7)
  // nothing else than what was asked for
  expect(
    await frame.locator('.stage-panel:visible').evaluateAll((all) => all.map((one) => one.dataset.panel)),
  ).toEqual(['landscape'])
  expect(await frame.locator('.lil-controller:visible').count()).toBe(1)
  expect(await frame.locator('button:visible, a:visible').allInnerTexts()).toEqual([
    expect.stringMatching(/^(Play|Pause)$/),
    expect.stringContaining('natlab'),
  ])
})

it('computes in a sandbox that permits scripts alone', async () => {
  const { ask } = await openHost(
    `<iframe sandbox="allow-scripts" src="${site.address}${link}" width="480" height="360">`,
  )
  expect(await ask({ natlab: 'call', method: 'run', arguments: [3] })).toMatchObject({ natlab: 'result' })
  const { value } = await ask({ natlab: 'call', method: 'metrics' })
  expect((value as { forwardKl: number }).forwardKl).toBeGreaterThan(0)
})
