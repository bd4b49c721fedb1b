/**
 * The stage draws panels: flat charts and 3-D scenes, all on one canvas. It knows no lab: a lab's view
 * describes what is to be seen and the stage draws it again only when something changed.
 */

/** What a colour means, the same in every lab. The palette maps roles to colours of the theme. */
export type Role = 'target' | 'fixed' | 'broken' | 'theory' | 'third' | 'neutral'

export type Numbers = ArrayLike<number>

export interface Axis {
  readonly label: string
  /** Shown behind the label, e.g. "nats". */
  readonly unit?: string
  readonly scale: 'linear' | 'log'
  /** Permitted to be reversed or degenerate; non-finite values fall back to what the marks span. */
  readonly domain?: readonly [number, number]
  /** Values to label (powers of two, say) in place of the ones that the stage would choose. */
  readonly ticks?: readonly number[]
  /** How hover writes this axis' values; default: the chart's `format`, for `y` only, else five significant digits. */
  readonly format?: (value: number) => string
}

interface MarkBase {
  /** Named in the legend (unless absent) and in the hover read-out. */
  readonly name?: string
  /** False leaves a named mark out of the legend: its colour is explained by another. */
  readonly legend?: boolean
  readonly role: Role
  /** 0…1, default 1. Fills are translucent by themselves and their outline is not; both are scaled by this. */
  readonly opacity?: number
}

export type Mark =
  | (MarkBase & {
      readonly kind: 'line'
      readonly x: Numbers
      readonly y: Numbers
      readonly dashed?: boolean
      readonly width?: number
    })
  /** Filled between `y` and `baseline` (default: the bottom of the axis). */
  | (MarkBase & {
      readonly kind: 'area'
      readonly x: Numbers
      readonly y: Numbers
      readonly baseline?: Numbers | number
    })
  /** Columns between consecutive `edges`; `heights` has one entry less. */
  | (MarkBase & { readonly kind: 'histogram'; readonly edges: Numbers; readonly heights: Numbers })
  | (MarkBase & {
      readonly kind: 'dots'
      readonly x: Numbers
      readonly y: Numbers
      /** Half length of a vertical error bar a dot. */
      readonly error?: Numbers
      readonly shape?: 'circle' | 'diamond' | 'square' | 'triangle'
      /** CSS pixels, default 8. */
      readonly size?: number
      /** Index of a dot drawn larger, with a ring. */
      readonly emphasis?: number
    })
  /** A straight line across the plot at x = value or y = value, labelled at its end. */
  | (MarkBase & {
      readonly kind: 'rule'
      readonly axis: 'x' | 'y'
      readonly value: number
      readonly label?: string
      readonly dashed?: boolean
    })

export interface ChartContent {
  readonly x: Axis
  readonly y: Axis
  /** Drawn in order. Points that are not finite break a line and are left out of areas and dots. */
  readonly marks: readonly Mark[]
  /** A sentence under the title: what is to be seen, or what is missing. */
  readonly note?: string
  /** Shown in place of the marks while none of them has a point to draw. */
  readonly empty?: string
  /** What a screen reader is told: the chart's content in a sentence with its numbers. */
  readonly description: string
  /** Digits or formatter of hover values; default: five significant digits. */
  readonly format?: (value: number) => string
}

/** A field of upright bars over a rows × columns grid, seen in perspective. */
export interface BarField {
  readonly rows: number
  readonly columns: number
  /** [rows, columns], each ≥ 0; not finite is drawn as no bar. */
  readonly heights: Numbers
  readonly role: Role
  readonly name: string
}

export interface SceneContent {
  /** One or two fields side by side with one height scale. */
  readonly fields: readonly BarField[]
  readonly height: Axis & { readonly domain: readonly [number, number] }
  readonly rowLabel: string
  readonly columnLabel: string
  readonly note?: string
  readonly description: string
  /** Text for the bar under the pointer. */
  readonly hover: (field: number, row: number, column: number) => string
}

export interface Toggle {
  readonly label: string
  readonly value: boolean
  readonly onChange: (value: boolean) => void
}

export interface PanelOptions {
  readonly id: string
  readonly title: string
  /** Small switches in the panel's corner (log height, for instance). */
  readonly toggles?: readonly Toggle[]
}

export interface Chart {
  update(content: ChartContent): void
}

export interface Scene {
  update(content: SceneContent): void
}

export type ThemeName = 'dark' | 'projector'

export interface Stage {
  /** Panels fill the stage's grid in the order in which they are added. */
  chart(options: PanelOptions): Chart
  scene(options: PanelOptions): Scene
  /** Sets a panel's toggle, by its label, as if the user had. */
  setToggle(panel: string, label: string, value: boolean): void
  /** Lights these panels and dims the others; an empty list lights all. */
  light(panels: readonly string[]): void
  setTheme(theme: ThemeName): void
  /** The whole stage as a PNG, labels included; `scale` pixels per CSS pixel. */
  exportImage(scale: number): Promise<Blob>
  /** How often panels were drawn, and the milliseconds of main thread the last drawing took. */
  statistics(): { readonly draws: number; readonly milliseconds: number }
  /** Removes all panels (another lab opens). */
  clear(): void
  dispose(): void
}
