/** Messages and remedies after a failed computation, and their end. */
import { awaitedBackend, type BackendChoice } from '../engine/protocol.ts'
import { codeOf, errorOf, sentence } from '../faults.ts'
import type { Lab } from '../labs/lab.ts'
import type { ParameterValues } from '../labs/parameter.ts'
import type { Notice, Notices } from './notices.ts'
import { partNotice } from './parts.ts'
import type { State } from './state.ts'

export interface Failures {
  /** The computation stopped, and why. */
  fail(fault: Error): void
  /** Reports a rejected call, unless it was only made obsolete by a newer one. */
  report(fault: unknown): void
  /** A new run took the place of the one that failed. */
  areOver(): void
  /** A lab could not be opened, and the one before goes on: says so, with a way to try again. */
  tellUnopened(lab: Lab, fault: unknown, again: () => void): void
  /** The worker threw, and another one goes on. */
  tellAnew(fault: Error): void
  /** Says what the engine waits for, and what can be done meanwhile; with undefined, that it came. */
  tellWaiting(what: string | undefined): void
  /** The values of the latest new try: if they fail again, the cause may be one of them. */
  recoveredWith(values: ParameterValues): void
}

/** The ways out. */
interface Remedies {
  /** A fresh worker, the same lab and values, or its defaults. */
  recover(withDefaults: boolean): Promise<void>
  chooseBackend(choice: BackendChoice): Promise<void>
}

export function createFailures(state: State, notices: Notices, remedies: Remedies): Failures {
  let recoveredValues: ParameterValues | undefined
  const titleOf = (lab: string) => state.labs.find(({ id }) => id === lab)?.title ?? lab
  let waiting: Notice | undefined
  /** Faults that a notice tells already. */
  const told = new WeakSet<Error>()

  /** Tells of a part that did not arrive, unless it has arrived by the time its cause is known. */
  async function tellPart(fault: Error, again: () => void): Promise<void> {
    const notice = await partNotice(fault, again)
    if (state.failure.peek() === fault || told.has(fault)) notices.show(notice)
  }

  function fail(fault: Error): void {
    state.failure.value = fault
    // missing data have nothing to do with the values
    const retry = codeOf(fault) === 'tryAgain'
    // a GPU too small for these values
    const elsewhere = codeOf(fault) === 'tooLarge' && state.backend.peek()?.kind === 'webgpu'
    const failedAgain = !retry && recoveredValues === state.values.peek()
    const again = (label: string, withDefaults: boolean) => ({
      label,
      run: () => void remedies.recover(withDefaults).catch(report),
    })
    const action = elsewhere
      ? { label: 'Compute on WebAssembly', run: () => void remedies.chooseBackend('wasm') }
      : failedAgain
        ? again('Reset the lab to its defaults', true)
        : again(retry ? 'Try again' : 'Reset the lab', false)
    if (codeOf(fault) === 'part') void tellPart(fault, () => void remedies.recover(false).catch(report))
    else notices.show({ kind: 'error', title: 'The computation stopped.', lines: [fault.message], action })
  }

  function report(fault: unknown): void {
    const error = errorOf(fault)
    if (codeOf(error) !== 'obsolete' && !told.has(error)) fail(error)
  }

  return {
    fail,
    report,
    areOver() {
      if (state.failure.peek() === null) return
      state.failure.value = null
      notices.dismissErrors()
    },
    tellUnopened({ title }, fault, run) {
      const error = errorOf(fault)
      if (codeOf(error) === 'obsolete') return
      told.add(error)
      if (codeOf(error) === 'part') void tellPart(error, run)
      else
        notices.show({
          kind: 'error',
          topic: 'opening',
          title: `The lab “${title}” could not be opened. The run before goes on.`,
          lines: [error.message],
          action: { label: 'Try again', run },
        })
    },
    tellAnew({ message }) {
      notices.show({
        kind: 'information',
        topic: 'crash',
        title: `The computation broke off: ${sentence(message)} It was started anew, and repeats its steps.`,
      })
    },
    tellWaiting(what) {
      state.waiting.value = what ?? null
      if (waiting) notices.dismiss(waiting)
      waiting = undefined
      if (!what) return
      const elsewhere = what === awaitedBackend && state.backendChoice.peek() !== 'wasm'
      waiting = {
        kind: 'information',
        title: `natlab still waits for ${what.replace(/"(\w+)"/, (_, id) => `“${titleOf(id)}”`)}.`,
        lines: ['The page goes on by itself once it comes. Another lab can be opened meanwhile.'],
        action: elsewhere
          ? { label: 'Compute on WebAssembly', run: () => void remedies.chooseBackend('wasm') }
          : { label: 'Try again', run: () => void remedies.recover(false).catch(report) },
      }
      notices.show(waiting)
    },
    recoveredWith(values) {
      recoveredValues = values
    },
  }
}
