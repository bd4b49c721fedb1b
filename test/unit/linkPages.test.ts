import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { labs } from '../../src/labs/index.ts'
import { linkPage, pictureOf, siteOf } from '../../src/labs/linkPages.ts'

const site = 'https://someone.github.io/natlab/'

it.each(labs)('tells title, question and picture of $id', (lab) => {
  const page = linkPage(lab, site)
  const said = (name: string) => new RegExp(`property="og:${name}" content="([^"]*)"`).exec(page)?.[1]
  expect(said('title')).toBe(`${lab.title} · natlab`)
  expect(said('description')).toBe(lab.question)
  expect(said('url')).toBe(`${site}${lab.id}.html`)
  expect(said('image')).toBe(`${site}pictures/${lab.id}.jpg`)
})

it.each(labs)('has the picture of $id, in the size that it tells', ({ id }) => {
  const jpeg = readFileSync(`public/${pictureOf(id)}`)
  // the frame header: its marker, length and precision stand before height and width
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 5
  expect([jpeg.readUInt16BE(frame + 2), jpeg.readUInt16BE(frame)]).toEqual([1200, 630])
  expect(jpeg.length).toBeLessThan(150_000)
})

it('names pictures beside the page where nobody said where it will be', () => {
  expect(linkPage(labs[0], siteOf())).toContain(`content="pictures/${labs[0].id}.jpg"`)
})

it('wants a whole address, and puts a slash at its end', () => {
  expect(siteOf('https://someone.github.io/natlab')).toBe(site)
  expect(siteOf(site)).toBe(site)
  expect(() => siteOf('someone.github.io/natlab')).toThrow(
    'NATLAB_URL is "someone.github.io/natlab". It must be the whole address',
  )
})

it('escapes what stands in a title', () => {
  const page = linkPage({ id: 'a', title: '“a” & <b>"', question: 'Why?' }, '')
  expect(page).toContain('<title>“a” &#38; &#60;b&#62;&#34; · natlab</title>')
})
