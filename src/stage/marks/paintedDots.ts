/**
 * Many round dots as one texture that the page paints itself. A software renderer sets up every point as a separate
 * primitive, which takes many times as long as painting a dot's few pixels; on a GPU it is the opposite. The result
 * equals that of the shader in `dotCloud.ts`, except that dots lie on eighths of a pixel.
 */
import { CustomBlending, OneFactor, OneMinusSrcAlphaFactor } from 'three'
import type { Role } from '../contract.ts'
import { channels } from '../palette.ts'
import { type Density, type Frame, reachOfLines } from './drawing.ts'
import { TexturedRectangle } from './texturedRectangle.ts'

/** Possible places of a dot within a pixel, in each direction. */
const places = 8
/** Half the width of an edge, in pixels of the picture. */
const blur = 0.7

/** The visible pixels of a dot. All of them are inside the picture for any place on the plot. */
interface Sprite {
  /** Places of the pixels, relative to the pixel with the dot's middle. */
  readonly offsets: Int32Array
  /** Premultiplied red, green, blue and alpha as one number, red in the lowest byte. */
  readonly pixels: Uint32Array
}

/** The shader's `below`: 1 well inside, 0 well outside. */
function below(distance: number): number {
  const share = Math.max(0, Math.min(1, (distance + blur) / (2 * blur)))
  return 1 - share * share * (3 - 2 * share)
}

interface DotLook {
  readonly colour: string
  readonly surround: string
  readonly opacity: number
  /** In pixels of the picture, like `halo`. */
  readonly radius: number
  readonly halo: number
}

/** Sprites of a dot for all places within a pixel, [places · places], for a picture with so many columns. */
function paintSprites({ colour, surround, opacity, radius, halo }: DotLook, columns: number): Sprite[] {
  const reach = Math.ceil(radius + halo + blur)
  const [inside, outside] = [channels(colour), channels(surround)]
  return Array.from({ length: places * places }, (_, place) => {
    const [x, y] = [place % places, Math.floor(place / places)].map((part) => (part + 0.5) / places)
    const [offsets, pixels]: number[][] = [[], []]
    for (let row = -reach; row <= reach; row++)
      for (let column = -reach; column <= reach; column++) {
        const distance = Math.hypot(column + 0.5 - x, row + 0.5 - y) - radius
        const inner = below(distance)
        const alpha = below(distance - halo) * opacity
        if (Math.round(255 * alpha) === 0) continue
        const [red, green, blue] = inside.map((one, channel) =>
          Math.round((one * inner + outside[channel] * (1 - inner)) * alpha),
        )
        offsets.push(row * columns + column)
        pixels.push(((Math.round(255 * alpha) << 24) | (blue << 16) | (green << 8) | red) >>> 0)
      }
    return { offsets: Int32Array.from(offsets), pixels: Uint32Array.from(pixels) }
  })
}

/** Paints a dot over the picture; `middle` is the pixel with the dot's middle. */
function paint(picture: Uint32Array, { offsets, pixels }: Sprite, middle: number): void {
  for (let index = 0; index < offsets.length; index++) {
    const at = middle + offsets[index]
    const over = pixels[index]
    const under = picture[at]
    const alpha = over >>> 24
    // two channels at a time, in units of 1/256
    const rest = 256 - alpha - (alpha >> 7)
    const even = (((under & 0xff00ff) * rest + 0x800080) >>> 8) & 0xff00ff
    const odd = (((under >>> 8) & 0xff00ff) * rest + 0x800080) & 0xff00ff00
    picture[at] = over + (even | odd)
  }
}

export class PaintedDots {
  private readonly rectangle = new TexturedRectangle({
    // the painted colours are multiplied by their alpha already
    blending: CustomBlending,
    blendSrc: OneFactor,
    blendDst: OneMinusSrcAlphaFactor,
  })
  readonly object = this.rectangle.object
  private picture: Uint32Array = new Uint32Array(0)
  private readonly sprites = new Map<Role, readonly Sprite[]>()
  private drawnAs = ''
  private create!: (role: Role) => readonly Sprite[]
  private columns = 0
  private rows = 0
  /** The picture's first pixels, in pixels of the panel. */
  private left = 0
  private top = 0
  private density: Density = { x: 1, y: 1 }
  private count = 0

  constructor() {
    this.hide()
  }

  /** Begins a picture of the frame's plot. Lengths are CSS pixels. */
  begin({ plot, style }: Frame, density: Density, radius: number, halo: number, opacity: number): void {
    // no dot reaches beyond the picture
    const margin = Math.ceil(Math.max(reachOfLines(style), radius + halo + 2))
    this.density = density
    this.left = Math.floor((plot.left - margin) * density.x)
    this.top = Math.floor((plot.top - margin) * density.y)
    this.columns = Math.ceil((plot.width + 2 * margin) * density.x) + 1
    this.rows = Math.ceil((plot.height + 2 * margin) * density.y) + 1
    const ratio = density.x
    const { palette } = style
    const drawnAs = JSON.stringify([palette.panel, this.columns, ratio, radius, halo, opacity])
    if (drawnAs !== this.drawnAs) this.sprites.clear()
    this.drawnAs = drawnAs
    const look = { surround: palette.panel, opacity, radius: radius * ratio, halo: halo * ratio }
    this.create = (role) => paintSprites({ colour: palette.roles[role], ...look }, this.columns)
    this.picture = new Uint32Array(this.rectangle.pixels(this.columns, this.rows).buffer).fill(0)
    this.count = 0
  }

  /** Adds a dot on the frame's plot, or at most half a pixel outside. */
  add(x: number, y: number, role: Role): void {
    let sprites = this.sprites.get(role)
    if (!sprites) {
      sprites = this.create(role)
      this.sprites.set(role, sprites)
    }
    const column = x * this.density.x - this.left
    const row = y * this.density.y - this.top
    const wholeColumn = Math.floor(column)
    const wholeRow = Math.floor(row)
    const place = Math.floor((column - wholeColumn) * places) + places * Math.floor((row - wholeRow) * places)
    paint(this.picture, sprites[place], wholeRow * this.columns + wholeColumn)
    this.count++
  }

  finish(order: number): void {
    const { columns, density, object, rows } = this
    object.visible = this.count > 0
    object.renderOrder = order
    const [left, right] = [this.left / density.x, (this.left + columns) / density.x]
    const [top, bottom] = [this.top / density.y, (this.top + rows) / density.y]
    this.rectangle.place(left, top, right, bottom)
  }

  hide(): void {
    this.object.visible = false
  }

  dispose(): void {
    this.rectangle.dispose()
  }
}
