/** The group of the dialog that records the stage, and the small bar with which a recording ends. */
import { sentence } from '../../faults.ts'
import { CanvasPen, drawTexts } from '../../stage/export/index.ts'
import { button, element, setText } from '../dom.ts'
import { download } from '../link.ts'
import { timeText } from '../presenter/lecture.ts'
import { aboutNow, fileName } from './about.ts'
import { type CaptionStrip, createCaptionStrip } from './captionStrip.ts'
import { type Format, formats, type Recorder, record } from './recorder.ts'
import { choice, createSection, type Section, stageOf, type Tools } from './section.ts'

const minute = 60_000
const longest = 10 * minute
/** The longer side of the picture has at most so many pixels. */
const mostPixels = 1920
/** Share of the picture's height that the caption takes. */
const captionShare = 0.22

/** What paints the visible part of the stage, with the caption under it, on one canvas of a fixed size. */
async function createPicture(tools: Tools, withCaption: boolean) {
  const room = document.getElementById('stage')!
  const paintStage = await stageOf(tools).livePainter()
  const strip: CaptionStrip | undefined = withCaption ? createCaptionStrip(drawTexts) : undefined
  const first = room.getBoundingClientRect()
  const share = strip ? captionShare : 0
  const ratio = Math.min(
    Math.max(1, devicePixelRatio),
    (mostPixels * (1 - share)) / Math.max(first.width, first.height),
  )
  // the codecs want even numbers
  const even = (length: number) => Math.max(2, 2 * Math.round(length / 2))
  const canvas = element('canvas', {
    width: even(first.width * ratio),
    height: even((first.height * ratio) / (1 - share)),
  })
  const context = canvas.getContext('2d', { alpha: false })
  if (!context) throw new Error('this browser offers no 2-D canvas of that size')
  const paint = () => {
    const { left, top, width, height } = room.getBoundingClientRect()
    const below = Math.round(canvas.height * share)
    const above = canvas.height - below
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--background')
    context.fillRect(0, 0, canvas.width, canvas.height)
    if (width < 1 || height < 1) return
    // the window may have another form than when the recording began
    const scale = Math.min(canvas.width / width, above / height)
    const pen = new CanvasPen(context)
    const inside = { left: 0, top: 0, width, height }
    pen.within({ x: (canvas.width - width * scale) / 2, y: 0, scale }, inside, () => {
      context.translate(-left, -top)
      paintStage(context)
    })
    pen.within({ x: 0, y: above, scale: ratio }, undefined, () =>
      strip?.draw(pen, canvas.width / ratio, below / ratio),
    )
  }
  return { canvas, paint, dispose: () => strip?.dispose() }
}

/** The bar of a recording that is under way. */
function createBar(stop: () => void, cancel: () => void) {
  const time = element('span', { class: 'recording-time' })
  const bar = element(
    'div',
    { class: 'recording-bar', role: 'group', 'aria-label': 'Recording' },
    element('span', { class: 'recording-sign', 'aria-hidden': 'true' }, '●'),
    time,
    button('Stop and save', stop, 'primary'),
    button('Discard', cancel),
  )
  return {
    element: bar,
    tell: (elapsed: number) => setText(time, `${timeText(elapsed)} of at most ${timeText(longest)}`),
    ends: () => {
      setText(time, 'The file is being made…')
      for (const one of bar.querySelectorAll('button')) one.disabled = true
    },
  }
}

/** Adds the length, and saves the file. Returns what to tell. */
async function save(recording: Blob, format: Format, name: string): Promise<string> {
  if (recording.size === 0) throw new Error('the browser has recorded nothing')
  try {
    const { withLength } = await import('./withLength.ts')
    download(await withLength(recording, format), name)
    return `The recording is saved as “${name}”.`
  } catch (fault) {
    download(recording, name)
    return `The recording is saved as “${name}”, but without its length: ${sentence((fault as Error).message)} Some programs cannot jump in it.`
  }
}

export function createRecordingSection(tools: Tools): Section {
  const { state, notices } = tools
  const offered = formats()
  const format = choice(
    'Format',
    offered.map(({ extension }) => [extension, extension === 'mp4' ? 'MP4' : 'WebM'] as const),
  )
  const caption = element('input', { type: 'checkbox' })
  caption.checked = true
  const start = button('Start recording', () => void begin())
  start.disabled = offered.length === 0
  let recorder: Recorder | undefined
  const tell = (title: string) => notices.show({ kind: 'information', topic: 'recording', title })

  async function begin(): Promise<void> {
    const chosen = offered.find(({ extension }) => extension === format.select.value)
    if (!chosen || recorder) return
    start.disabled = true
    try {
      const picture = await createPicture(tools, caption.checked && state.story.peek() !== null)
      const bar = createBar(() => void stop(), cancel)
      const over = () => {
        clearInterval(clock)
        bar.element.remove()
        picture.dispose()
        recorder = undefined
        start.disabled = false
      }
      const fail = (fault: Error) => {
        over()
        tell(`The recording has ended: ${sentence(fault.message)}`)
      }
      const stop = async () => {
        if (!recorder) return
        clearInterval(clock)
        bar.ends()
        try {
          const recording = await recorder.stop()
          const name = fileName(aboutNow(state), 'recording', chosen.extension)
          tell(await save(recording, chosen, name))
          over()
        } catch (fault) {
          fail(fault as Error)
        }
      }
      function cancel(): void {
        recorder?.cancel()
        over()
        tell('The recording is discarded.')
      }
      const clock = setInterval(() => {
        const { elapsed = 0 } = recorder ?? {}
        bar.tell(elapsed)
        if (elapsed >= longest) void stop()
      }, 250)
      recorder = record(picture.canvas, picture.paint, chosen, fail)
      bar.tell(0)
      tools.close()
      document.body.append(bar.element)
      bar.element.querySelector('button')?.focus()
    } catch (fault) {
      start.disabled = false
      section.tell(`The recording could not begin: ${sentence((fault as Error).message)}`)
    }
  }

  const gives = offered.map(({ type }) => type.replace(/^video\//, '')).join(' or ')
  const section = createSection(
    'Recording',
    element(
      'p',
      { class: 'small muted' },
      offered.length > 0
        ? `A film of the part of the stage that is seen, without sound, at most ${longest / minute} minutes. This browser gives ${gives}.`
        : 'This browser cannot record what a page draws (it has no MediaRecorder for a canvas). Use a current Chrome, Edge, Firefox or Safari, or the recording of your system.',
    ),
    element(
      'div',
      { class: 'dialog-row' },
      format.element,
      element(
        'label',
        { class: 'share-choice' },
        caption,
        element('span', {}, 'with the caption of the step'),
      ),
      start,
    ),
  )
  return {
    element: section.element,
    onOpen: () => {
      section.tell(recorder ? 'A recording is under way: its bar has the button to end it.' : '')
    },
  }
}
