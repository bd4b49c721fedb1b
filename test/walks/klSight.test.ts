/** What the captions of the KL lab name is in sight, at the sizes of lecture halls. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { openSite, ready, type Site } from '../app/site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

describe('every step', () => {
  it.each([
    ['dark', 1280, 720, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ['dark', 1024, 768, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    // larger type: three plots side by side need more than this
    ['projector', 1024, 768, [1, 2, 3, 4, 5, 7, 8, 9, 10]],
  ])(
    'has its lit panels and its caption in sight in the %s theme at %d × %d',
    async (theme, width, height, steps) => {
      const { page, close } = await site.visit(`#lab=kl&story=1&theme=${theme}`, {
        viewport: { width, height },
      })
      await ready(page)
      for (const step of steps) {
        await page
          .locator('.dot')
          .nth(step - 1)
          .click()
        await ready(page)
        const hidden = () =>
          page.evaluate(() => {
            const room = document.querySelector('.room-panels')!.getBoundingClientRect()
            const body = document.querySelector('.story-body')!
            const beyond = [...document.querySelectorAll('[data-light=on]')].map((panel) => {
              const { top, bottom } = panel.getBoundingClientRect()
              return Math.max(room.top - top, bottom - room.bottom)
            })
            return Math.max(body.scrollHeight - body.clientHeight, ...beyond)
          })
        await expect.poll(hidden, { message: `step ${step}` }).toBeLessThanOrEqual(1)
      }
      await close()
    },
  )
})
