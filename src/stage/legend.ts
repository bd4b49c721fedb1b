/** The key of a mark in legends and read-outs: a small picture with its form and colour. */
import type { Mark } from './contract.ts'

export interface Stroke {
  /** SVG path inside a box of `keyWidth` × `keyHeight`. */
  readonly path: string
  readonly filled?: boolean
  readonly opacity?: number
}

export const keyWidth = 24
export const keyHeight = 12

function keyStrokes(mark: Mark): readonly Stroke[] {
  switch (mark.kind) {
    case 'line':
    case 'rule':
      return (mark.dashed ?? mark.role === 'theory')
        ? [{ path: 'M1 6h6m3 0h4m3 0h6' }]
        : [{ path: 'M1 6h22' }]
    case 'area':
      return [{ path: 'M2 11q10 -16 20 0z', filled: true, opacity: 0.35 }, { path: 'M2 11q10 -16 20 0' }]
    case 'histogram':
      return [
        { path: 'M3 11v-4h6v-5h6v3h6v6z', filled: true, opacity: 0.35 },
        { path: 'M3 11v-4h6v-5h6v3h6v6' },
      ]
    case 'raster':
      return [{ path: 'M4 1h16v10h-16z', filled: true, opacity: mark.opacity }]
    case 'dots':
      switch (mark.shape ?? 'circle') {
        case 'circle':
          return [{ path: 'M7.5 6a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z', filled: true }]
        case 'diamond':
          return [{ path: 'M12 0.5l5.5 5.5l-5.5 5.5l-5.5 -5.5z', filled: true }]
        case 'square':
          return [{ path: 'M8 2h8v8h-8z', filled: true }]
        case 'triangle':
          return [{ path: 'M12 0.8l5.4 9.6h-10.8z', filled: true }]
      }
  }
}

export function createKey(mark: Mark): SVGSVGElement {
  const namespace = 'http://www.w3.org/2000/svg'
  const key = document.createElementNS(namespace, 'svg')
  key.setAttribute('viewBox', `0 0 ${keyWidth} ${keyHeight}`)
  key.setAttribute('class', 'stage-key')
  key.setAttribute('aria-hidden', 'true')
  key.style.color = `var(--${mark.role})`
  for (const stroke of keyStrokes(mark)) {
    const path = document.createElementNS(namespace, 'path')
    path.setAttribute('d', stroke.path)
    path.setAttribute('fill', stroke.filled ? 'currentColor' : 'none')
    path.setAttribute('stroke', stroke.filled ? 'none' : 'currentColor')
    path.setAttribute('opacity', String(stroke.opacity ?? 1))
    key.append(path)
  }
  return key
}

/** Equal for two marks that look the same in a legend. */
export function keyIdentity(mark: Mark): string {
  const dashed = 'dashed' in mark ? mark.dashed : undefined
  const shape = 'shape' in mark ? mark.shape : undefined
  return [mark.kind, mark.role, mark.name, dashed, shape].join('|')
}

/** A mark's name in a read-out: its own name, or the label at a rule's end. */
export function markName(mark: Mark): string | undefined {
  return mark.name || (mark.kind === 'rule' ? mark.label : undefined)
}
