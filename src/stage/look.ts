/**
 * The user's changes of pictures, as a short text for links: "losses.log:1;landscape.camera:-20,63,1" is a switch of one
 * panel and the camera of another, in degrees, with its zoom.
 */

/** Name of a switch in a look, from its label. */
export const switchName = (label: string) => label.toLowerCase().replace(/[^a-z0-9]+/g, '-')

export function readLook(text: string): Map<string, string> {
  const entries = text.split(';').map((one) => one.split(':'))
  return new Map(entries.filter((one): one is [string, string] => one.length === 2))
}

export const writeLook = (look: ReadonlyMap<string, string>) =>
  [...look].map(([key, value]) => `${key}:${value}`).join(';')

/** Tells the stage that the user has changed something in the panel of `target`. */
export function tellLook(target: HTMLElement, name: string, value: string): void {
  const panel = target.closest<HTMLElement>('[data-panel]')?.dataset.panel
  target.dispatchEvent(new CustomEvent('look', { bubbles: true, detail: [`${panel}.${name}`, value] }))
}
