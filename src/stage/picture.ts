/** Draws a small grey picture on a canvas of the same size; CSS enlarges it, pixel by pixel. */
import type { Picture } from './contract.ts'

/** Missing pixels are black. Draws nothing if the side is no usable length. */
export function drawPicture(canvas: HTMLCanvasElement, { pixels, side }: Picture): void {
  if (!(Number.isInteger(side) && side > 0 && side <= 1024)) return
  if (canvas.width !== side) canvas.width = side
  if (canvas.height !== side) canvas.height = side
  const image = new ImageData(side, side)
  for (let at = 0; at < side * side; at++) image.data.fill(pixels[at] ?? 0, at * 4, at * 4 + 3)
  for (let at = 3; at < image.data.length; at += 4) image.data[at] = 255
  canvas.getContext('2d')?.putImageData(image, 0, 0)
}
