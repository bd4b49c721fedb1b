/** Before an answer, no hidden number is anywhere: in every step of every lab that hides numbers. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { formatMetric } from '../../src/app/format.ts'
import type { MetricValue } from '../../src/labs/experiment.ts'
import { labs } from '../../src/labs/index.ts'
import { group, saved } from '../app/saved.ts'
import { openSite, ready, type Site, twoFrames } from '../app/site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

/** Quick models, where a step does not say how large they are. */
const small: Readonly<Record<string, string>> = {
  init: '&tokens=16',
  training: '',
  kl: '&starts=64',
  vib: '&trainSize=500&hiddenWidth=32&hiddenLayers=1&decoderWidth=0&evaluationSamples=2&epochs=3',
}

/** The value, as a share of 100 and what is left of it, as the page may write it, with three to five digits; short numbers may stand there for other reasons. */
function writings(value: MetricValue | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(writings)
  if (typeof value !== 'number' || !Number.isFinite(value)) return []
  const texts = [3, 4, 5].flatMap((digits) =>
    [value, 100 * value, 100 - 100 * value].map((one) => formatMetric(Number(one.toPrecision(digits)))),
  )
  return texts.filter((text) => text.replace(/\D/g, '').replace(/^0+|0+$/g, '').length >= 3)
}

/** All texts of the page, what a screen reader says, the title, the address, and the exported data. */
async function everything(page: Page) {
  const texts = await page.evaluate(() => [
    document.documentElement.textContent ?? '',
    ...[...document.querySelectorAll('*')].flatMap((node) =>
      ['aria-label', 'aria-valuetext', 'aria-description', 'title', 'alt', 'value'].map(
        (name) => node.getAttribute(name) ?? '',
      ),
    ),
    ...[...document.querySelectorAll('input')].map((field) => field.value),
    document.title,
    location.href,
    window.natlab.link(),
  ])
  const svg = await saved(page, 'Picture', 'Save as SVG')
  const view = await saved(page, 'File', 'Save this view')
  const data = await group(page, 'Data')
  await data.getByLabel('What').selectOption('numbers')
  const csv = await saved(page, 'Data', 'Save as CSV')
  expect(await data.locator('option').count()).toBe(1)
  const json = await saved(page, 'Data', 'Save as JSON')
  await page.keyboard.press('Escape')
  // the numbers of its curves are places on the picture
  const drawn = [...svg.toString().matchAll(/<(text|title|desc)[^>]*>([^<]*)/g)].map(([, , text]) => text)
  return { texts: [...texts, ...drawn, view, csv].join('\n'), data: json.toString() }
}

/** All numbers of exported data. */
const numbersIn = (json: string) =>
  [...json.matchAll(/-?\d+\.\d+(e[-+]?\d+)?/g)].map(([text]) => Number(text))

/** A metric's numbers that no other reason could have brought into a file. */
function exactly(value: MetricValue | undefined): number[] {
  if (Array.isArray(value)) return value.flatMap(exactly)
  if (typeof value !== 'number' || !Number.isFinite(value)) return []
  return String(value).replace(/\D/g, '').replace(/^0+/, '').length >= 4 ? [value] : []
}

const steps = labs.flatMap((lab) =>
  lab.story.flatMap((step, index) => (step.hides ? [[lab.id, index + 1, step.hides] as const] : [])),
)

it.each(steps)('step %s %d keeps its numbers', async (lab, number, hides) => {
  const { page, close } = await site.visit(`#lab=${lab}&story=${number}${small[lab]}`, { fresh: true })
  await ready(page)
  await expect.poll(() => page.locator('.caption').textContent()).toMatch(/\S{3}/)
  await page.evaluate(() => window.natlab.run(12))
  // pictures that take longer than the numbers
  await page.waitForTimeout(1500)
  await twoFrames(page)
  const [metrics, parameters] = await page.evaluate(
    async () => [await window.natlab.metrics(), window.natlab.parameters()] as const,
  )
  const secret = new Set(hides.flatMap((id) => writings(metrics[id])))
  // the same digits may belong to a number that is no secret, such as the loss of a constant prediction
  const told = [
    ...Object.keys(metrics)
      .filter((id) => !hides.includes(id))
      .flatMap((id) => writings(metrics[id])),
  ]
  for (const text of [
    ...told,
    ...Object.values(parameters).flatMap((value) => writings(value as MetricValue)),
  ])
    secret.delete(text)
  const { texts: found, data } = await everything(page)
  const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const leaks = [...secret].filter((text) => new RegExp(`(?<![\\d.,])${escaped(text)}(?!,?\\d)`).test(found))
  const places = leaks.map((text) =>
    found.slice(Math.max(0, found.indexOf(text) - 60), found.indexOf(text) + 20),
  )
  expect(places).toEqual([])
  const known = Object.keys(metrics)
    .filter((id) => !hides.includes(id))
    .flatMap((id) => exactly(metrics[id]))
  const near = (one: number) => (other: number) => Math.abs(one - other) < 1e-6 * Math.abs(one)
  const exact = hides.filter((id) =>
    exactly(metrics[id]).some((one) => !known.some(near(one)) && numbersIn(data).some(near(one))),
  )
  expect(exact).toEqual([])
  await close()
})
