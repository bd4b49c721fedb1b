/**
 * Forced colours (Windows: contrast themes). A curve without its colour has no name, so the stage is not recoloured by
 * the browser: surfaces, texts and lines take the system's colours, and marks those of the theme whose ground is as
 * light or dark as the system's.
 */
import type { ThemeName } from './contract.ts'
import { channels, mixColours, type Palette, palette } from './palette.ts'

const query = () => matchMedia('(forced-colors: active)')

export const forcedColours = (): boolean => query().matches

/** Listens to the system's switch. */
export function onForcedColours(listener: () => void, signal?: AbortSignal): void {
  query().addEventListener('change', listener, { signal })
}

/** The system's colour of this name, as #rrggbb. */
function systemColour(name: string): string {
  const probe = document.createElement('span')
  probe.style.cssText = `color: ${name}; forced-color-adjust: none`
  document.documentElement.append(probe)
  const parts = getComputedStyle(probe).color.match(/[\d.]+/g) ?? []
  probe.remove()
  const [red = 0, green = 0, blue = 0] = parts.map(Number)
  return `#${[red, green, blue].map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`
}

/** The theme whose ground is as light or dark as this colour. */
export function themeOf(ground: string): ThemeName {
  const [red, green, blue] = channels(ground)
  return 0.3 * red + 0.59 * green + 0.11 * blue < 128 ? 'dark' : 'projector'
}

/** A palette from the system's colours. */
export function forcedPalette(colour: (name: string) => string): Palette {
  const ground = colour('Canvas')
  const text = colour('CanvasText')
  const { roles } = palette(themeOf(ground))
  return {
    background: ground,
    panel: ground,
    text,
    muted: text,
    border: text,
    grid: mixColours(ground, text, 0.25),
    accent: colour('Highlight'),
    roles: { ...roles, theory: text },
  }
}

/** The colours that the page and the stage have now. */
export function presentPalette(theme: ThemeName): Palette {
  return typeof matchMedia === 'function' && query().matches ? forcedPalette(systemColour) : palette(theme)
}

/** Sets the present colours on an element as CSS custom properties: --background, --text, --first and so on. */
export function applyPalette(element: HTMLElement, theme: ThemeName): void {
  const { roles, ...surface } = presentPalette(theme)
  for (const [name, value] of Object.entries({ ...surface, ...roles }))
    element.style.setProperty(`--${name}`, value)
  element.style.setProperty('color-scheme', themeOf(surface.background) === 'dark' ? 'dark' : 'light')
}
