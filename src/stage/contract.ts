/**
 * The stage draws panels: flat charts and 3-D scenes, all on one canvas. It knows no lab. A lab's view describes the
 * content, and the stage draws it again only after a change.
 */
import type { Named } from './standing.ts'

/**
 * A colour by its rank. Each lab says in one file what it means by `first`, `second`, `third` and `truth`; `theory` and
 * `neutral` mean the same everywhere. The palette maps roles to colours of the theme.
 */
export type Role = 'first' | 'second' | 'third' | 'truth' | 'theory' | 'neutral' | BasinRole | ClassRole

/** Categories without a fixed meaning, such as the minimum in which a descent ends. */
export type BasinRole = `basin${1 | 2 | 3 | 4 | 5 | 6}`

/**
 * Ten classes. Some readers cannot tell all ten colours apart, although they are as far apart as ten can be. So place,
 * shape or words say everything important, too.
 */
export type ClassRole = `class${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`

export type Numbers = ArrayLike<number>

export interface Axis {
  readonly label: string
  /** Shown behind the label, e.g. "nats". */
  readonly unit?: string
  readonly scale: 'linear' | 'log'
  /** May be reversed or degenerate; an end that is not finite is replaced by the span of the marks. */
  readonly domain?: readonly [number, number]
  /** Values to label, such as powers of two; the stage chooses them by default. */
  readonly ticks?: readonly number[]
  /** Text of a hover value on this axis. Default: for `y` the chart's `format`; else five significant digits. */
  readonly format?: (value: number) => string
}

interface MarkBase extends Named {
  /** Name in the legend (absent: no entry) and in the hover read-out. */
  readonly name?: string
  /** False leaves a named mark out of the legend, because another mark explains its colour. */
  readonly legend?: boolean
  /** False leaves a named mark out of the read-out, because another mark has its values. */
  readonly hover?: boolean
  readonly role: Role
  /** 0…1, default 1. Scales the opacity of outlines and of fills, which are translucent anyway. */
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
      /** A role for each dot, in place of the mark's role. */
      readonly roles?: readonly Role[]
      /** For each dot, half the length of its vertical error bar. */
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
  /** Coloured cells that fill a rectangle, always below all other marks. */
  | (MarkBase & {
      readonly kind: 'raster'
      /** The rectangle's edges; the first column begins at x[0], the first row at y[0]. */
      readonly x: readonly [number, number]
      readonly y: readonly [number, number]
      readonly columns: number
      readonly rows: number
      /** [rows, columns]: index into `roles` of each cell's colour; any other number leaves the cell empty. */
      readonly values: ArrayLike<number>
      readonly roles: readonly Role[]
      /** [rows, columns]: strength of the colour, 0…1; default 1. */
      readonly strength?: Numbers
    })

/** A grey picture: [side, side] values 0…255, rows from the top. */
export interface Picture {
  readonly pixels: Uint8Array
  readonly side: number
}

/** The read-out of one dot. */
export interface PointReading {
  readonly title: string
  readonly rows: readonly { readonly label: string; readonly value: string }[]
  readonly picture?: Picture
}

/** A point of a chart that the user can drag: by pointer, by touch, or with the arrow keys when it has the focus. */
export interface Handle {
  readonly id: string
  readonly x: number
  readonly y: number
  readonly role: Role
  /**
   * For screen readers and the tooltip: "mode 1 of P: mean −3.00, sd 1.00, weight 0.50". The part before the colon is
   * the handle's name, the rest its value.
   */
  readonly label: string
  /** Coordinates that a drag changes. Their axes stay fixed until it ends. */
  readonly moves: 'x' | 'y' | 'both'
  /** Step of an arrow key, a tenth of a page key's: in data units of x (of y where only y moves). */
  readonly step: number
}

export type HandleEvent =
  | {
      readonly kind: 'move'
      readonly id: string
      readonly x: number
      readonly y: number
      /** False once, at the end of a drag. Every key is a whole drag. */
      readonly dragging: boolean
    }
  /** Wheel over the handle, or Shift with an arrow key: make wider (factor > 1) or narrower. */
  | {
      readonly kind: 'widen'
      readonly id: string
      readonly factor: number
      /** Another notch of the same turn of the wheel: both are undone together. */
      readonly continued: boolean
    }
  /** Delete or Backspace on the focused handle. */
  | { readonly kind: 'remove'; readonly id: string }
  /**
   * Double click on the empty plot; or Insert or "+" while the plot or a handle has the focus (adds at the middle of
   * the plot).
   */
  | { readonly kind: 'add'; readonly x: number; readonly y: number }

export interface ChartContent {
  /** In place of the title in the panel's options. */
  readonly title?: string
  readonly x: Axis
  readonly y: Axis
  /** Drawn in order. A point that is not finite interrupts a line, and is left out of areas and dots. */
  readonly marks: readonly Mark[]
  /**
   * Shown inside the plot, if the panel has `onHandle`. They are at their latest places even if the marks are older,
   * because keys move them from there.
   */
  readonly handles?: readonly Handle[]
  /**
   * Reads single dots in place of the crosshair: the dot nearest to the pointer, or the next one in the direction of an
   * arrow key. `mark` is the index of a mark of kind dots. Unchanged x and y arrays mean unchanged places.
   */
  readonly pick?: { readonly mark: number; read(index: number): PointReading }
  /** Words centred at places of the plot. None covers another: earlier ones have priority. */
  readonly texts?: readonly { readonly text: string; readonly x: number; readonly y: number }[]
  /** A unit of x is as long as one of y: the axis with more room shows more than its domain. */
  readonly equalAspect?: boolean
  /** A sentence under the title: about the content, or about missing content. */
  readonly note?: string
  /** Shown in place of the marks while no mark has a point. */
  readonly empty?: string
  /** For screen readers: the chart's content in a sentence with its numbers. */
  readonly description: string
  /** Formatter of hover values; default: five significant digits. */
  readonly format?: (value: number) => string
}

/** A field of upright bars over a rows × columns grid, seen in perspective. */
export interface BarField extends Named {
  readonly rows: number
  readonly columns: number
  /** [rows, columns], each ≥ 0; not finite is drawn as no bar. */
  readonly heights: Numbers
  readonly role: Role
  readonly name: string
  /** 0…1, default 1: how much of its colour the field has; the rest is that of the panel. */
  readonly opacity?: number
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
export interface Surface extends Named {
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
  /** Number of contour lines, evenly spaced on the height axis' scale; default 12. */
  readonly contours?: number
}

/** A line on the surface with given heights, such as a descent. */
export interface SurfacePath extends Named {
  readonly x: Numbers
  readonly y: Numbers
  readonly heights: Numbers
  readonly role: Role
  readonly name?: string
  readonly dashed?: boolean
  /** 0…1, default 1 */
  readonly opacity?: number
}

export interface SurfacePoints extends Named {
  readonly x: Numbers
  readonly y: Numbers
  readonly heights: Numbers
  readonly role: Role
  /** A role for each point, in place of the common role. */
  readonly roles?: readonly Role[]
  /** CSS pixels, default 8. */
  readonly size?: number
  readonly name?: string
  /** Index of a point drawn larger, with a ring. Points with an emphasis are drawn over the paths, others below. */
  readonly emphasis?: number
  /** 0…1, default 1 */
  readonly opacity?: number
}

export interface SurfaceContent {
  readonly kind: 'surface'
  readonly x: Axis
  readonly y: Axis
  /** Values beyond the domain are clamped to it, only in the picture. */
  readonly height: Axis & { readonly domain: readonly [number, number] }
  /** Unchanged arrays mean an unchanged surface: only changed ones are sent to the GPU. */
  readonly surfaces: readonly Surface[]
  readonly paths: readonly SurfacePath[]
  readonly points: readonly SurfacePoints[]
  /** Reads the single points of `points[from]`, like `ChartContent.pick`; the arrow keys turn the scene. */
  readonly pick?: { readonly from: number; read(index: number): PointReading }
  /** Words centred at places of the scene, as in `ChartContent.texts`. */
  readonly texts?: readonly {
    readonly text: string
    readonly x: number
    readonly y: number
    readonly height: number
  }[]
  /** Whether the box has equal sides, because the three coordinates are of one kind. */
  readonly cube?: boolean
  readonly note?: string
  /** Shown in place of the picture while there is no surface, path or point. */
  readonly empty?: string
  readonly description: string
  /** Text for the point of the surface under the pointer, in data coordinates. */
  readonly hover?: (x: number, y: number) => string | undefined
}

export type SceneContent = BarsContent | SurfaceContent

export interface TableRow extends Named {
  readonly id: string
  readonly cells: readonly string[]
  /** The button's name for screen readers, needed where first cells may be equal. */
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
  /** Whether its cells are words, aligned left, and not numbers. */
  readonly words?: boolean
}

export interface TableContent {
  readonly columns: readonly TableColumn[]
  readonly rows: readonly TableRow[]
  readonly note?: string
  /** Shown in place of the rows while there are none. */
  readonly empty?: string
  readonly description: string
}

/** A block diagram with values that flow along its arrows. */
export interface DiagramContent {
  /** The diagram's coordinates: 0…width, 0…height, y downward. They are scaled to the panel. */
  readonly width: number
  readonly height: number
  readonly boxes: readonly DiagramBox[]
  /** For panels too narrow for boxes side by side: other coordinates, and the boxes' centres in them. */
  readonly upright?: {
    readonly width: number
    readonly height: number
    readonly centres: Readonly<Record<string, readonly [x: number, y: number]>>
  }
  readonly arrows: readonly DiagramArrow[]
  readonly note?: string
  readonly description: string
}

export interface DiagramBox extends Named {
  readonly id: string
  /** The box's centre. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly label: string
  /** A second line: a live value. */
  readonly value?: string
  /** An operator is a circle; a sample, whose output is random, is a dashed box. */
  readonly shape: 'box' | 'operator' | 'sample'
  readonly role: Role
  /** 0…1, default 1 */
  readonly opacity?: number
  readonly picture?: Picture
  /** Bars from the bottom, 0…1 each, inside the box: a histogram or probabilities. */
  readonly bars?: { readonly values: Numbers; readonly labels?: readonly string[] }
  /** Points inside the box, −1…1 in each direction, y upward. */
  readonly cloud?: { readonly x: Numbers; readonly y: Numbers }
}

export interface DiagramArrow extends Named {
  /** Ids of boxes. An arrow with a missing box is left out. */
  readonly from: string
  readonly to: string
  readonly label?: string
  readonly role: Role
  readonly dashed?: boolean
  /** 0…1, default 1 */
  readonly opacity?: number
  /** Draws a cross on the arrow; particles end at the cross. */
  readonly blocked?: boolean
  /** Particles that run along the arrow, one after the other; each value is a particle's sideways offset, −1…1. */
  readonly flow?: Numbers
  /** The particles run from `to` back to `from`: a gradient. */
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
   * Where there are several columns: `wide` panels have twice the width of others, `tall` ones twice the height, but
   * never more than the window. Three panels of shape `column` are side by side, as tall.
   */
  readonly shape?: 'wide' | 'tall' | 'column'
  /** Small switches in the panel's corner (log height, for instance). */
  readonly toggles?: readonly Toggle[]
  /** Small buttons in the panel's corner, beside the toggles. */
  readonly actions?: readonly Action[]
  /** Called when the user changes a handle. It must give the chart its new handles before it returns. */
  readonly onHandle?: (event: HandleEvent) => void
  /** Called when the user clicks or taps the dot that is read (`pick` of the content), or presses Enter on it. */
  readonly onPick?: (index: number) => void
}

export interface Chart {
  update(content: ChartContent): void
  /** Replaces the handles on the same picture at once. */
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

export interface PictureOptions {
  /** Id of the panel to draw alone; default: all that are shown. */
  readonly panel?: string
  /** Default: as the stage is. */
  readonly theme?: ThemeName
  /** Gives the lines under the picture, right before it is drawn. They are broken to its width. */
  readonly footer?: () => readonly string[]
}

export interface PanelContent {
  readonly id: string
  readonly title: string
  /** Whether a part of the panel is drawn in perspective, so that its SVG holds a picture. */
  readonly solid: boolean
  /** Undefined while the panel is veiled, and until the first frame. */
  readonly content?: ChartContent | SceneContent | TableContent | DiagramContent
}

export interface Stage {
  /** Panels fill the stage's grid in the order in which they are added. */
  chart(options: PanelOptions): Chart
  scene(options: PanelOptions): Scene
  table(options: PanelOptions): Table
  diagram(options: PanelOptions): Diagram
  /** Sets a panel's toggle by its label, as a click of the user does. */
  setToggle(panel: string, label: string, value: boolean): void
  /** Calls `listener` with the look (look.ts) whenever the user has changed a switch or turned a scene. */
  onLook(listener: (look: string) => void): void
  /** Sets the user's switches and cameras, in later panels too. They win over `setToggle`. */
  setLook(look: string): void
  /** Lights these panels and dims all others, including later ones; an empty list lights all. */
  light(panels: readonly string[]): void
  /**
   * Covers these panels with a sentence, including later ones, and uncovers all others. A sheet to draw on takes the place
   * of the sentence in its panel.
   */
  veil(
    panels: readonly string[],
    sentence: string,
    sheet?: { readonly panel: string; readonly node: Element },
  ): void
  /** Draws further marks on a chart, over those of its view, until it is told others. */
  annotate(notes: { readonly panel: string; readonly marks: readonly Mark[] } | undefined): void
  /**
   * Shows only the lit panels, in the largest places that the container has for them, with type and lines for a lecture
   * hall. A click on the title of a panel then lets it fill the container, and a second one puts it back.
   * In a frame of another page, type and lines are those of a text that is read from near.
   */
  present(presenting: boolean, inFrame?: boolean): void
  /**
   * Lets the curves with these words stand out of their pictures, until other panels are lit; undefined ends it. Whether
   * one is seen: none is under a veil.
   */
  standOut(curve: string | undefined): boolean
  /** Makes the legend entries of these curves buttons: a caption names them. */
  nameCurves(curves: readonly string[]): void
  /** Scrolls to a panel that is not fully visible. */
  reveal(panel: string): void
  setTheme(theme: ThemeName): void
  /** Tells whether the computation has failed: waiting panels then say so, including later ones. */
  halt(halted: boolean): void
  /** The stage, or one of its panels, as a PNG with labels; `scale` pixels per CSS pixel. */
  exportImage(scale: number, options?: PictureOptions): Promise<Blob>
  /** The same as an SVG: charts, tables and diagrams as curves and texts, scenes as pictures in it. */
  exportVector(options?: PictureOptions): Promise<string>
  /** Loads what draws the stage as it is on the page, at any moment, with the page's corner as the origin. */
  livePainter(): Promise<(context: CanvasRenderingContext2D) => void>
  /** The panels that are shown, and what they show: nothing where a panel is veiled. */
  contents(): readonly PanelContent[]
  /** Number of draws, and milliseconds of the main thread for the last one. */
  statistics(): { readonly draws: number; readonly milliseconds: number }
  /** Removes all panels, for another lab or view. The list of `light` stays in force. */
  clear(): void
  dispose(): void
}
