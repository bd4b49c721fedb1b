/** Turns a scene by pointer, touch and keyboard, and still lets the page scroll. */
import { type PerspectiveCamera, Spherical, TOUCH, Vector3 } from 'three'
import { OrbitControls } from 'three/addons/controls/OrbitControls.js'

const home = { azimuth: (-20 * Math.PI) / 180, polar: (63 * Math.PI) / 180 }
const tilt = { steepest: 0.1, flattest: (86 * Math.PI) / 180 }
const nearest = 0.35
const farthest = 2.5

export class Orbit {
  private readonly controls: OrbitControls
  private readonly listeners = new AbortController()
  /** Distance of the camera, as a multiple of the distance at which everything just fits. */
  private zoom = 1
  private distance = 0
  private readonly fingers = new Set<number>()
  private readonly spherical = new Spherical()

  constructor(
    private readonly camera: PerspectiveCamera,
    plot: HTMLElement,
    private readonly changed: () => void,
    /** The user has turned the scene. */
    private readonly turned: () => void,
  ) {
    const { signal } = this.listeners
    // before the controls' own listener: the wheel scrolls the page until the scene has the focus
    plot.addEventListener(
      'wheel',
      (event) => {
        if (!event.ctrlKey && document.activeElement !== plot) event.stopImmediatePropagation()
      },
      { signal, capture: true },
    )
    this.controls = new OrbitControls(camera, plot)
    // one finger scrolls the page upward or downward, and turns the scene sideways
    plot.style.touchAction = 'pan-y'
    this.controls.enablePan = false
    this.controls.touches.TWO = TOUCH.DOLLY_ROTATE
    this.limitTilt()
    for (const type of ['pointerdown', 'pointerup', 'pointercancel'] as const)
      plot.addEventListener(type, (event) => this.countFingers(event), { signal, capture: true })
    this.controls.rotateSpeed = 0.7
    this.controls.addEventListener('change', changed)
    this.controls.addEventListener('end', turned)
    plot.addEventListener(
      'dblclick',
      () => {
        this.reset()
        turned()
      },
      { signal },
    )
    plot.addEventListener('keydown', (event) => this.key(event), { signal })
    this.reset()
  }

  get target(): Vector3 {
    return this.controls.target
  }

  reset(): void {
    this.zoom = 1
    this.distance = 0
    this.point(home.polar, home.azimuth)
  }

  private point(polar: number, azimuth: number): void {
    this.camera.position
      .copy(this.controls.target)
      .add(new Vector3().setFromSphericalCoords(this.distance || 1, polar, azimuth))
    this.camera.lookAt(this.controls.target)
    this.changed()
  }

  /** Azimuth and polar angle in degrees, and the zoom: "-20,63,1". */
  get view(): string {
    this.spherical.setFromVector3(this.camera.position.clone().sub(this.controls.target))
    const { theta, phi } = this.spherical
    const degrees = [theta, phi].map((angle) => Math.round((angle * 180) / Math.PI))
    return [...degrees, Number(this.zoom.toFixed(2))].join(',')
  }

  set view(text: string) {
    const [azimuth, polar, zoom] = text.split(',').map(Number)
    if (![azimuth, polar, zoom].every(Number.isFinite)) return
    this.zoom = Math.max(nearest, Math.min(farthest, zoom))
    const phi = Math.max(tilt.steepest, Math.min(tilt.flattest, (polar * Math.PI) / 180))
    this.point(phi, (azimuth * Math.PI) / 180)
  }

  /**
   * Moves the camera so that these corners just fill the view, times the user's zoom. Returns the offset of their
   * middle from the view's middle, in halves of its width and height.
   */
  fit(corners: readonly Vector3[], aspect: number): { x: number; y: number } {
    const { camera } = this
    const { target } = this.controls
    const outward = camera.position.clone().sub(target)
    const length = outward.length()
    if (this.distance > 0 && Math.abs(length / this.distance - 1) > 1e-6)
      this.zoom = Math.max(nearest, Math.min(farthest, (this.zoom * length) / this.distance))
    outward.normalize()
    camera.position.copy(target).add(outward)
    camera.lookAt(target)
    camera.updateMatrixWorld()
    const right = new Vector3().setFromMatrixColumn(camera.matrixWorld, 0)
    const up = new Vector3().setFromMatrixColumn(camera.matrixWorld, 1)
    const slope = Math.tan((camera.fov * Math.PI) / 360)
    const relative = corners.map((corner) => corner.clone().sub(target))
    const extent = (distance: number) => {
      let [left, bottom] = [Infinity, Infinity]
      let [rightmost, top] = [-Infinity, -Infinity]
      for (const corner of relative) {
        // a corner beside or behind the eye has no image
        const away = Math.max(0.05 * distance, distance - corner.dot(outward)) * slope
        const x = corner.dot(right) / (away * aspect)
        const y = corner.dot(up) / away
        left = Math.min(left, x)
        rightmost = Math.max(rightmost, x)
        bottom = Math.min(bottom, y)
        top = Math.max(top, y)
      }
      return {
        width: (rightmost - left) / 2,
        height: (top - bottom) / 2,
        x: (left + rightmost) / 2,
        y: (top + bottom) / 2,
      }
    }
    let fitting = relative.reduce((most, corner) => Math.max(most, corner.length()), 0) / slope || 1
    // the extent shrinks almost as 1/distance: a few rounds are exact enough
    for (let round = 0; round < 6; round++) {
      const { width, height } = extent(fitting)
      fitting *= Math.max(width, height)
    }
    this.distance = fitting * this.zoom
    camera.position.copy(target).addScaledVector(outward, this.distance)
    camera.near = Math.max(0.01, this.distance / 50)
    camera.far = this.distance * 10
    camera.updateMatrixWorld()
    const { x, y } = extent(this.distance)
    return { x, y }
  }

  dispose(): void {
    this.listeners.abort()
    this.controls.dispose()
  }

  private countFingers(event: PointerEvent): void {
    if (event.pointerType !== 'touch') return
    if (event.type === 'pointerdown') this.fingers.add(event.pointerId)
    else this.fingers.delete(event.pointerId)
    this.limitTilt()
  }

  /** A finger that scrolls the page must not tilt the scene meanwhile; two fingers may tilt it. */
  private limitTilt(): void {
    const { camera, controls, fingers, spherical } = this
    // from the camera itself: the controls only know their own changes
    spherical.setFromVector3(camera.position.clone().sub(controls.target))
    const held = fingers.size === 1 ? spherical.phi : undefined
    controls.minPolarAngle = held ?? tilt.steepest
    controls.maxPolarAngle = held ?? tilt.flattest
  }

  private key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const angle = Math.PI / 36
    const turns: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-angle, 0],
      ArrowRight: [angle, 0],
      ArrowUp: [0, -angle],
      ArrowDown: [0, angle],
    }
    const turn = turns[event.key]
    if (turn) this.turn(turn[0], turn[1])
    else if (event.key === '+' || event.key === '=') this.zoomBy(1 / 1.15)
    else if (event.key === '-' || event.key === '_') this.zoomBy(1.15)
    else if (event.key === 'Home') this.reset()
    else return
    event.preventDefault()
    this.turned()
  }

  private turn(azimuth: number, polar: number): void {
    const { camera, controls, spherical } = this
    spherical.setFromVector3(camera.position.clone().sub(controls.target))
    spherical.theta += azimuth
    spherical.phi = Math.max(controls.minPolarAngle, Math.min(controls.maxPolarAngle, spherical.phi + polar))
    camera.position.setFromSpherical(spherical).add(controls.target)
    camera.lookAt(controls.target)
    this.changed()
  }

  private zoomBy(factor: number): void {
    this.zoom = Math.max(nearest, Math.min(farthest, this.zoom * factor))
    this.changed()
  }
}
