/** The theme of an embedded view: named by the link or by the page around, or that of the page around. */
import type { ThemeName } from '../../stage/contract.ts'

export const hostThemes = ['dark', 'projector', 'auto'] as const
export type HostTheme = (typeof hostThemes)[number]

export interface ThemeChoice {
  choose(theme: HostTheme): void
  readonly theme: ThemeName
}

/** `changed` is called with the theme to show, whenever it is another one. A browser tells a frame what its host prefers. */
export function createThemeChoice(changed: (theme: ThemeName) => void): ThemeChoice {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  let chosen: HostTheme = 'auto'
  const now = (): ThemeName => {
    if (chosen !== 'auto') return chosen
    return dark.matches ? 'dark' : 'projector'
  }
  dark.addEventListener('change', () => changed(now()))
  return {
    choose(theme) {
      chosen = theme
      changed(now())
    },
    get theme() {
      return now()
    },
  }
}
