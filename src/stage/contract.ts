/**
 * The stage draws panels: flat charts and 3-D scenes, all on one canvas. It knows no lab: a lab's view
 * describes what is to be seen and the stage draws it again only when something changed.
 */

/** What a colour means, the same in every lab. The palette maps roles to colours of the theme. */
export type Role = 'target' | 'fixed' | 'broken' | 'theory' | 'third' | 'neutral' | BasinRole | DigitRole

/** Categories without a meaning of their own: the minimum in which a descent ends, for instance. */
export type BasinRole = 'basin1' | 'basin2' | 'basin3' | 'basin4' | 'basin5' | 'basin6'

/**
 * Ten classes. Ten colours are as far apart as ten can be, which for some eyes is not far enough: what matters
 * is said by place, shape or words, too.
 */
export type DigitRole =
  | 'digit0'
  | 'digit1'
  | 'digit2'
  | 'digit3'
  | 'digit4'
  | 'digit5'
  | 'digit6'
  | 'digit7'
  | 'digit8'
  | 'digit9'

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
  /** False leaves a named mark out of the read-out: another one tells its values. */
  readonly hover?: boolean
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
      /** One a dot, in place of the mark's own role. */
      readonly roles?: readonly Role[]
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
  /** Coloured cells that fill a rectangle, under all other marks whatever their order. */
  | (MarkBase & {
      readonly kind: 'raster'
      /** The rectangle's edges: the first column begins at x[0], the first row at y[0]. */
      readonly x: readonly [number, number]
      readonly y: readonly [number, number]
      readonly columns: number
      readonly rows: number
      /** [rows, columns]: which of `roles` colours the cell; a number that is none of them leaves it empty. */
      readonly values: ArrayLike<number>
      readonly roles: readonly Role[]
      /** [rows, columns]: 0…1, how much of the colour is seen; default 1. */
      readonly strength?: Numbers
    })

/** A grey picture: [side, side] values 0…255, rows from the top. */
export interface Picture {
  readonly pixels: Uint8Array
  readonly side: number
}

/** What is said of one dot that is pointed at. */
export interface PointReading {
  readonly title: string
  readonly rows: readonly { readonly label: string; readonly value: string }[]
  readonly picture?: Picture
}

/** Something on a chart that is dragged: by pointer, by touch, or with the arrow keys once it has the focus. */
export interface Handle {
  readonly id: string
  readonly x: number
  readonly y: number
  readonly role: Role
  /**
   * For screen readers and the tooltip: "mode 1 of P: mean −3.00, sd 1.00, weight 0.50". What stands before the
   * colon is the handle's name, what follows its value.
   */
  readonly label: string
  /** Which coordinates a drag changes. Their axes stay as they are until it is over. */
  readonly moves: 'x' | 'y' | 'both'
  /** What one arrow key adds, and a page key ten of: data units of x (of y where only y moves). */
  readonly step: number
}

export type HandleEvent =
  | {
      readonly kind: 'move'
      readonly id: string
      readonly x: number
      readonly y: number
      /** False once at the end of a drag; every key is a whole drag. */
      readonly dragging: boolean
    }
  /** Wheel over the handle, or Shift with an arrow key: make wider (factor > 1) or narrower. */
  | {
      readonly kind: 'widen'
      readonly id: string
      readonly factor: number
      /** Another notch of the same turn: both are one thing to undo. */
      readonly continued: boolean
    }
  /** Delete or Backspace on the focused handle. */
  | { readonly kind: 'remove'; readonly id: string }
  /**
   * Double click on the empty plot, or Insert or "+" while the plot or a handle has the focus (then at the
   * middle of the plot).
   */
  | { readonly kind: 'add'; readonly x: number; readonly y: number }

export interface ChartContent {
  readonly x: Axis
  readonly y: Axis
  /** Drawn in order. Points that are not finite break a line and are left out of areas and dots. */
  readonly marks: readonly Mark[]
  /**
   * Shown where they lie inside the plot, if the panel's `onHandle` is there to be told what the user does. They lie
   * where he put them, however old the marks are: what a key does begins there.
   */
  readonly handles?: readonly Handle[]
  /**
   * Reads single dots in place of the crosshair: the one nearest to the pointer, or the next one in the
   * direction of an arrow key. `mark` is the index of a mark of kind dots. The same x and y arrays as before
   * mean the same places.
   */
  readonly pick?: { readonly mark: number; read(index: number): PointReading }
  /** Words centred at places of the plot, the first ones first: none covers another. */
  readonly texts?: readonly { readonly text: string; readonly x: number; readonly y: number }[]
  /** One unit of x is as long as one of y: the axis with room to spare shows more than its domain. */
  readonly equalAspect?: boolean
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

export interface BarsContent {
  readonly kind?: 'bars'
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

/** A function of two variables as a lit relief. */
export interface Surface {
  readonly name: string
  readonly role: Role
  /** [columns], ascending */
  readonly x: Numbers
  /** [rows], ascending */
  readonly y: Numbers
  /** [rows, columns]; not finite leaves a hole. */
  readonly heights: Numbers
  /** 0…1, default 1 */
  readonly opacity?: number
  /** How many contour lines are drawn on it, evenly in the height axis' own scale; default 12. */
  readonly contours?: number
}

/** A line on the surface, its height given: a descent. */
export interface SurfacePath {
  readonly x: Numbers
  readonly y: Numbers
  readonly heights: Numbers
  readonly role: Role
  readonly name?: string
  readonly dashed?: boolean
}

export interface SurfacePoints {
  readonly x: Numbers
  readonly y: Numbers
  readonly heights: Numbers
  readonly role: Role
  /** One a point, in place of the common role. */
  readonly roles?: readonly Role[]
  /** CSS pixels, default 8. */
  readonly size?: number
  readonly name?: string
  /** Index of a point drawn larger, with a ring; points with one are drawn over the paths, others under them. */
  readonly emphasis?: number
}

export interface SurfaceContent {
  readonly kind: 'surface'
  readonly x: Axis
  readonly y: Axis
  /** Values beyond the domain are clamped to it, in the picture only. */
  readonly height: Axis & { readonly domain: readonly [number, number] }
  /** The same arrays as before mean the same surface: only other ones are sent to the GPU. */
  readonly surfaces: readonly Surface[]
  readonly paths: readonly SurfacePath[]
  readonly points: readonly SurfacePoints[]
  /** Reads single points, those of `points[from]`, like `ChartContent.pick`; the arrow keys turn the scene. */
  readonly pick?: { readonly from: number; read(index: number): PointReading }
  /** Words centred at places of the scene, as in `ChartContent.texts`. */
  readonly texts?: readonly {
    readonly text: string
    readonly x: number
    readonly y: number
    readonly height: number
  }[]
  /** Three coordinates of one kind: the box's sides are equally long. */
  readonly cube?: boolean
  readonly note?: string
  /** Shown in place of the picture while there is no surface, path or point. */
  readonly empty?: string
  readonly description: string
  /** Text for a place of the surface under the pointer, in data coordinates. */
  readonly hover?: (x: number, y: number) => string | undefined
}

export type SceneContent = BarsContent | SurfaceContent

export interface TableRow {
  readonly id: string
  readonly cells: readonly string[]
  /** What a screen reader calls its button, where the first cell alone does not tell rows apart. */
  readonly name?: string
  /** Colour of the row's key. */
  readonly role?: Role
  /** Makes the first cell a button. */
  readonly onSelect?: () => void
  readonly selected?: boolean
}

export interface TableColumn {
  readonly label: string
  readonly unit?: string
  /** Its cells are words, which begin at the left, and not numbers. */
  readonly words?: boolean
}

export interface TableContent {
  readonly columns: readonly TableColumn[]
  readonly rows: readonly TableRow[]
  readonly note?: string
  /** Shown in place of the rows while there is none. */
  readonly empty?: string
  readonly description: string
}

/** A block diagram with values that flow along its arrows. */
export interface DiagramContent {
  /** The diagram's own coordinates: 0…width, 0…height, y downward; it is fitted into the panel. */
  readonly width: number
  readonly height: number
  readonly boxes: readonly DiagramBox[]
  /** For a panel that the boxes do not fit into side by side: other coordinates, and a box's centre in them. */
  readonly upright?: {
    readonly width: number
    readonly height: number
    readonly centres: Readonly<Record<string, readonly [x: number, y: number]>>
  }
  readonly arrows: readonly DiagramArrow[]
  readonly note?: string
  readonly description: string
}

export interface DiagramBox {
  readonly id: string
  /** Its centre. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly label: string
  /** A second line: a live value. */
  readonly value?: string
  /** An operator is a circle, a sample a dashed box: what comes out of it is drawn at random. */
  readonly shape: 'box' | 'operator' | 'sample'
  readonly role: Role
  readonly picture?: Picture
  /** Bars from the bottom, 0…1 each: a histogram or probabilities, inside the box. */
  readonly bars?: { readonly values: Numbers; readonly labels?: readonly string[] }
  /** Points inside the box, −1…1 each way, y upward: a cloud. */
  readonly cloud?: { readonly x: Numbers; readonly y: Numbers }
}

export interface DiagramArrow {
  /** Ids of boxes. An arrow from or to a box that is not there is left out. */
  readonly from: string
  readonly to: string
  readonly label?: string
  readonly role: Role
  readonly dashed?: boolean
  /** A cross on it: nothing passes here, and what flows ends at the cross. */
  readonly blocked?: boolean
  /** Particles that run along it, one a value and one after the other: how far to the side, −1…1. */
  readonly flow?: Numbers
  /** They run from `to` back to `from`: a gradient. */
  readonly backward?: boolean
}

export interface Toggle {
  readonly label: string
  readonly value: boolean
  readonly onChange: (value: boolean) => void
}

export interface Action {
  readonly label: string
  readonly title: string
  readonly onClick: () => void
}

export interface PanelOptions {
  readonly id: string
  readonly title: string
  /**
   * Where there is more than one column: `wide` takes twice the width of the others, `tall` twice the height, and
   * never more than is seen at once; three panels of kind `column` stand beside each other, as tall.
   */
  readonly shape?: 'wide' | 'tall' | 'column'
  /** Small switches in the panel's corner (log height, for instance). */
  readonly toggles?: readonly Toggle[]
  /** Small buttons in the panel's corner, beside the toggles. */
  readonly actions?: readonly Action[]
  /** What the user does with a chart's handles. Before it returns, the chart is given what they are from then on. */
  readonly onHandle?: (event: HandleEvent) => void
  /** The dot that is read (`pick` of a chart's or scene's content) was clicked or tapped, or Enter pressed on it. */
  readonly onPick?: (index: number) => void
}

export interface Chart {
  update(content: ChartContent): void
  /** Other handles on the same picture, at once. */
  place(handles: ChartContent['handles']): void
}

export interface Scene {
  update(content: SceneContent): void
}

export interface Diagram {
  update(content: DiagramContent): void
}

export interface Table {
  update(content: TableContent): void
}

export type ThemeName = 'dark' | 'projector'

export interface Stage {
  /** Panels fill the stage's grid in the order in which they are added. */
  chart(options: PanelOptions): Chart
  scene(options: PanelOptions): Scene
  table(options: PanelOptions): Table
  diagram(options: PanelOptions): Diagram
  /** Sets a panel's toggle, by its label, as if the user had. */
  setToggle(panel: string, label: string, value: boolean): void
  /** Lights these panels and dims the others, also those added later; an empty list lights all. */
  light(panels: readonly string[]): void
  /** Scrolls to a panel that is not in sight as a whole. */
  reveal(panel: string): void
  setTheme(theme: ThemeName): void
  /** Whether what computes has failed: panels then wait for nothing, also those added later. */
  halt(halted: boolean): void
  /** The whole stage as a PNG, labels included; `scale` pixels per CSS pixel. */
  exportImage(scale: number): Promise<Blob>
  /** How often panels were drawn, and the milliseconds of main thread the last drawing took. */
  statistics(): { readonly draws: number; readonly milliseconds: number }
  /** Removes all panels: another lab opens, or a view builds other ones. What `light` said last still holds. */
  clear(): void
  dispose(): void
}
