/** A view in a frame: what its link says, how high it wants to be, and how small its type may be. */
import { describe, expect, it } from 'vitest'
import { formatAddress, parseAddress } from '../../src/app/address.ts'
import { embedHash, iframeCode } from '../../src/app/embed/code.ts'
import { picturesHeight } from '../../src/app/embed/height.ts'
import { labs } from '../../src/labs/index.ts'
import { framedStyle, readablePanels, rowsOf } from '../../src/stage/presentation.ts'
import { createStyle } from '../../src/stage/style.ts'

const parse = (text: string) => parseAddress(text, labs)

describe('a link to a view in a frame', () => {
  it.each([
    '?embed&panels=latent,losses&controls=beta#lab=vib',
    '?embed=1#lab=vib&panels=latent,losses&controls=beta',
    '#embed&lab=vib&panels=latent, losses,&controls=beta',
  ])('%s names its panels and controls', (link) => {
    const { embed, refused, lab } = parse(link)
    expect(refused).toEqual([])
    expect(lab.id).toBe('vib')
    expect(embed).toEqual({
      panels: ['latent', 'losses'],
      controls: ['beta'],
      caption: false,
      followsHost: true,
    })
  })

  it('leaves panels and controls to the step where it names none, and may name no control', () => {
    expect(parse('?embed#lab=kl').embed).toEqual({ caption: false, followsHost: true })
    expect(parse('?embed&controls=&panels=').embed).toMatchObject({ panels: undefined, controls: [] })
  })

  it('may have the caption, and a theme of its own', () => {
    const { embed, theme } = parse('?embed&caption=1&theme=projector')
    expect(embed).toMatchObject({ caption: true, followsHost: false })
    expect(theme).toBe('projector')
  })

  it.each([
    [
      '?embed&controls=betta,beta#lab=vib',
      /^controls = "betta" is not permitted: controls is one of .*\bbeta\b/,
    ],
    ['?embed&theme=light', /^theme = "light" is not permitted: theme is one of dark, projector, auto\.$/],
    ['?embed=yes', /^embed = "yes" is not permitted: embed is one of 1, 0/],
    ['?embed&caption=no', /^caption = "no" is not permitted/],
    ['?panels=latent&controls=beta', /^"panels" and "controls" count only together with embed=1\.$/],
    // a page of its own has no host
    ['#theme=auto', /^theme = "auto" is not permitted: theme is one of dark, projector\.$/],
  ])('%s: says what is not permitted', (link, message) => {
    const { refused } = parse(link)
    expect(refused).toHaveLength(1)
    expect(refused[0]).toMatch(message)
  })

  it('keeps what is permitted beside what is not', () => {
    expect(parse('?embed&controls=betta,beta#lab=vib').embed?.controls).toEqual(['beta'])
  })

  it('is not in the link to the whole page', () => {
    const address = parse('?embed&panels=latent&controls=beta&caption=1#lab=vib&story=2')
    expect(formatAddress(address)).toBe('#lab=vib&story=2')
  })
})

describe('the height that a frame asks for', () => {
  it.each([
    [1, 320, 213],
    [2, 320, 426],
    [2, 480, 640],
    [2, 800, 267],
    [4, 800, 534],
    [3, 1200, 267],
    [1, 200, 180],
  ])('%d pictures at a width of %d: %d', (panels, width, height) => {
    expect(picturesHeight(panels, width)).toBe(height)
  })

  it('has place for the rows in which the pictures then stand', () => {
    for (const width of [320, 480, 800, 1200])
      for (const panels of [1, 2, 3, 4]) {
        const font = framedStyle(createStyle('dark', width, 400), width, 400).font
        const { counts } = rowsOf(panels, width, picturesHeight(panels, width), 1.5, 4 * font)
        expect(Math.max(...counts) * 260).toBeLessThanOrEqual(Math.max(width, 260))
      }
  })
})

it.each([
  [7, 320, 190, 1],
  [7, 480, 312, 2],
  [7, 800, 400, 6],
  [7, 1280, 660, 7],
  [2, 480, 312, 2],
  [1, 100, 50, 1],
  // no room at all, as in a frame that is about to be laid out
  [5, 0, 0, 1],
])('of %d panels that nobody has chosen, a frame of %d × %d has %d', (panels, width, height, shown) => {
  const { font } = framedStyle(createStyle('dark', width, height), width, height)
  const all = Array.from({ length: panels }, (_, index) => index)
  expect(readablePanels(all, width, height, 4 * font)).toEqual(all.slice(0, shown))
  expect(rowsOf(1, width, height, 1.5, 4 * font).counts).toEqual([1])
})

describe('type in a frame', () => {
  it.each([
    [320, 240, 11],
    [480, 360, 12],
    [800, 450, 14],
    [1280, 720, 16.5],
    // a long column is no lecture hall
    [600, 2400, 13],
  ])('%d × %d: %d pixels, in both themes alike', (width, height, font) => {
    for (const theme of ['dark', 'projector'] as const)
      expect(framedStyle(createStyle(theme, width, height), width, height)).toMatchObject({
        font,
        line: font / 7,
      })
  })
})

describe('the code that embeds a view', () => {
  const choice = { panels: ['latent', 'losses'], controls: ['beta'], caption: false, theme: 'auto' } as const
  const page = '#lab=vib&beta=0.01&story=2&theme=projector&present=1&v=1'

  it('names what was chosen, and has the theme of its host unless one was chosen', () => {
    const hash = embedHash(page, choice)
    expect(hash).toMatch(/^#embed=1&panels=latent,losses&controls=beta&/)
    const { embed, refused, values, story, theme, present } = parse(hash)
    expect(refused).toEqual([])
    expect(embed).toEqual({
      panels: ['latent', 'losses'],
      controls: ['beta'],
      caption: false,
      followsHost: true,
    })
    expect({ values, story, theme, present }).toEqual({
      values: { beta: 0.01 },
      story: 1,
      theme: 'dark',
      present: false,
    })
    const other = parse(embedHash(page, { panels: [], controls: [], caption: true, theme: 'projector' }))
    expect(other).toMatchObject({
      theme: 'projector',
      embed: { panels: undefined, controls: [], caption: true, followsHost: false },
    })
  })

  it('is one element of HTML, of the size that suits', () => {
    const code = iframeCode('https://example.org/?a=1&b="<', 'natlab: “Q” & "A"', 800, 2)
    expect(code).toContain('src="https://example.org/?a=1&amp;b=&quot;&lt;"')
    expect(code).toContain('title="natlab: “Q” &amp; &quot;A&quot;"')
    expect(code).toContain('width="800" height="315"')
    expect(code).toMatch(/^<iframe\s[^<>]*><\/iframe>$/)
  })
})
