/** Sharing: the link to this view, the stage as a picture, the numbers as data. */
import { sentence } from '../faults.ts'
import type { Stage } from '../stage/contract.ts'
import type { Control } from './control.ts'
import { createDialog, type Dialog } from './dialog.ts'
import { button, element, setText } from './dom.ts'
import { download, linkTo } from './link.ts'
import { hiddenIds, type State } from './state.ts'

/** JSON knows neither Infinity nor NaN: they are kept as the strings "Infinity", "-Infinity" and "NaN". */
export function toJson(data: unknown): string {
  return JSON.stringify(
    data,
    (_key, value) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value),
    2,
  )
}

function shownData(state: State, control: Control) {
  const frame = state.frames.shown.peek()
  const hidden = hiddenIds(state)
  /** Without what would answer the open question. */
  const told = <Named extends object>(named: Named) =>
    Object.fromEntries(Object.entries(named).filter(([id]) => !hidden.includes(id)))
  const backend = state.backend.peek()
  return {
    lab: state.lab.peek().id,
    step: frame?.step ?? null,
    ready: frame?.ready ?? false,
    values: told(frame?.values ?? state.values.peek()),
    metrics: told(frame?.metrics ?? {}),
    backend: backend && { kind: backend.kind, adapter: backend.adapter, software: backend.software },
    link: linkTo(control.address()),
  }
}

export function createShareDialog(state: State, control: Control, stage: () => Stage | null): Dialog {
  const link = element('input', { type: 'text', readonly: true, 'aria-label': 'Link to this view' })
  const status = element('p', { role: 'status', class: 'small' })
  const fileName = (extension: string) =>
    `natlab-${state.lab.peek().id}-step-${state.frames.shown.peek()?.step ?? 0}.${extension}`

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(link.value)
      setText(status, 'The link is copied.')
    } catch {
      link.select()
      setText(
        status,
        'The browser does not let this page copy. The link is selected: copy it from the field.',
      )
    }
  }

  async function savePicture(): Promise<void> {
    setText(status, 'The picture is being made…')
    try {
      const drawn = stage()
      if (!drawn) throw new Error('nothing is drawn on this page')
      download(await drawn.exportImage(2), fileName('png'))
      setText(status, 'The picture is saved.')
    } catch (fault) {
      setText(status, `The picture could not be made: ${sentence((fault as Error).message)}`)
    }
  }

  function saveData(): void {
    download(new Blob([toJson(shownData(state, control))], { type: 'application/json' }), fileName('json'))
    setText(status, 'The data is saved.')
  }

  return createDialog(
    'Share and export',
    [
      element(
        'p',
        {},
        'The link holds the lab, all its parameters, the seed, the step of the story or of the lesson, and your switches and cameras.',
      ),
      element(
        'div',
        { class: 'dialog-row' },
        link,
        button('Copy link', () => void copy()),
      ),
      element(
        'div',
        { class: 'dialog-row' },
        button('Picture (PNG)', () => void savePicture()),
        button('Data (JSON)', saveData),
      ),
      status,
    ],
    {
      onOpen: () => {
        link.value = linkTo(control.address())
        setText(status, '')
      },
    },
  )
}
