/** Accessibility faults of a page, found by axe-core. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Violated rules in the page, or in the element that `root` selects, each with the faulty elements. */
export async function violations(page: Page, root = 'html'): Promise<string[]> {
  await page.evaluate(source)
  return page.evaluate(async (root) => {
    // a colour in transition has less contrast than its start and its end
    const fading = document.getAnimations().filter((animation) => animation instanceof CSSTransition)
    await Promise.allSettled(fading.map((animation) => animation.finished))
    const { axe } = window as unknown as { axe: { run(root: string): Promise<AxeResults> } }
    const { violations } = await axe.run(root)
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ; ')}`,
    )
  }, root)
}
