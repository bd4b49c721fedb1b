/** Play, pause, step, reset, new seed, speed, and looking back at the kept frames. */
import type { Control } from './control.ts'
import { button, element, icon, iconButton, setText, watch } from './dom.ts'
import { formatNumber } from './format.ts'
import { askedFor, isFinished, isHeld, isStill, playLabel, type State } from './state.ts'

const speeds = [
  { value: Number.POSITIVE_INFINITY, label: 'fastest' },
  { value: 30, label: '30 steps/s' },
  { value: 10, label: '10 steps/s' },
  { value: 3, label: '3 steps/s' },
  { value: 1, label: '1 step/s' },
]

const playIcons = { Play: 'play', Pause: 'pause', Replay: 'reset' } as const satisfies Record<
  ReturnType<typeof playLabel>,
  string
>

export function createPlayButton(state: State, control: Control): HTMLElement {
  const label = element('span', {}, 'Play')
  const button = element(
    'button',
    {
      type: 'button',
      class: 'button primary play',
      title: 'Play or pause (space)',
      onclick: control.togglePlaying,
    },
    icon('play'),
    label,
  )
  watch(() => {
    const text = playLabel(state)
    button.disabled = state.failure.value !== null
    if (label.textContent === text) return
    setText(label, text)
    button.firstElementChild?.replaceWith(icon(playIcons[text]))
  })
  return button
}

function createSpeedSelect(state: State, control: Control): HTMLElement {
  const select = element(
    'select',
    { 'aria-label': 'Speed', onchange: () => control.setSpeed(speeds[select.selectedIndex].value) },
    ...speeds.map(({ label }) => element('option', {}, label)),
  )
  watch(() => {
    select.selectedIndex = speeds.findIndex(({ value }) => value === state.speed.value)
  })
  return element('div', { class: 'select speed' }, select)
}

function createScrubber(state: State, control: Control): HTMLElement {
  const range = element('input', {
    type: 'range',
    min: '0',
    step: '1',
    class: 'scrub',
    'aria-label': 'Look back at an earlier step',
    oninput: () => control.lookBack(range.valueAsNumber),
  })
  const live = button('Live', () => control.live(), 'live', { title: 'Back to the newest state' })
  watch(() => {
    const kept = state.frames.kept.value
    const shown = state.frames.shown.value
    const index = shown === null ? 0 : Math.max(0, kept.indexOf(shown))
    range.max = String(Math.max(1, kept.length - 1))
    range.value = String(kept.length < 2 ? 1 : index)
    range.disabled = kept.length < 2
    range.setAttribute('aria-valuetext', shown ? `step ${formatNumber(shown.step)}` : 'nothing computed yet')
    live.disabled = !state.frames.lookingBack.value
  })
  return element('div', { class: 'scrubber' }, range, live)
}

/** "about 40 s left": the estimate is no better than that. */
function timeLeft(seconds: number): string {
  if (seconds < 10) return 'a few seconds left'
  if (seconds < 100) return `about ${Math.round(seconds / 10) * 10} s left`
  return `about ${Math.round(seconds / 60)} min left`
}

/** "step 12", "step 3 of 40, looking back", "step 9: 6 % trained, about 40 s left"; partial states show their progress. */
export function position(state: State): string {
  const newest = state.frames.kept.value.at(-1)
  const shown = state.frames.shown.value
  if (state.failure.value !== null) return 'stopped: the message says why'
  if (!newest || !shown) return state.busy.value ? 'starting…' : 'waiting for the first result…'
  if (state.frames.lookingBack.value)
    return `step ${formatNumber(shown.step)} of ${formatNumber(newest.step)}, looking back`
  if (!newest.ready) {
    const percent = `${Math.round(newest.progress * 100)} %`
    // a step under way is computed to its end, even in a pause
    return state.playing.value || state.running.value
      ? `step ${formatNumber(newest.step)}: ${percent} computed`
      : `finishing step ${formatNumber(newest.step)}… ${percent}`
  }
  if (isHeld(state) && !state.running.value)
    return `step ${formatNumber(newest.step)}: the question comes first`
  const asked = askedFor(state)
  if (asked) return `step ${formatNumber(newest.step)}: waiting for ${asked.label}`
  if (isFinished(state)) return `step ${formatNumber(newest.step)}: finished`
  const preparing = state.preparing.value
  if (preparing) {
    const trained = `step ${formatNumber(newest.step)}: ${Math.floor(100 * preparing.share)} % trained`
    return preparing.seconds === null ? trained : `${trained}, ${timeLeft(preparing.seconds)}`
  }
  return `step ${formatNumber(newest.step)}`
}

export function createTransport(state: State, control: Control): HTMLElement {
  const status = element('p', { class: 'position' })
  const progress = element('div', { class: 'progress', 'aria-hidden': 'true' })
  const newSeed = iconButton('seed', 'New seed', control.newSeed, 'New seed (n)')
  watch(() => {
    setText(status, position(state))
    const newest = state.frames.kept.value.at(-1)
    const underWay = newest && !newest.ready && state.failure.value === null
    progress.style.setProperty('--progress', String(underWay ? newest.progress : 0))
    newSeed.hidden = !state.lab.value.parameters.some((parameter) => parameter.id === 'seed')
  })
  const bar = element(
    'section',
    { class: 'transport', 'aria-label': 'Run' },
    progress,
    element(
      'div',
      { class: 'transport-buttons' },
      createPlayButton(state, control),
      iconButton('step', 'One step', control.step, 'One step (s)'),
      iconButton(
        'reset',
        'Reset, same seed',
        () => void control.reset().catch(control.report),
        'Reset, same seed (r)',
      ),
      newSeed,
      createSpeedSelect(state, control),
    ),
    createScrubber(state, control),
    status,
  )
  watch(() => {
    bar.hidden = isStill(state)
  })
  return bar
}
