/** What the unit tests say of some links, of many. */
import { it } from 'vitest'
import { expectLinks } from '../unit/anyLink.ts'

it('opens with permitted values, and the page’s own link then reads back as itself: 100,000 times', () => {
  expectLinks(100_000)
  // it takes 25 s on a machine that does nothing else
}, 240_000)
