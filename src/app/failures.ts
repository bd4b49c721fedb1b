/** Messages and remedies after a failed computation, and their end. */
import type { BackendChoice } from '../engine/protocol.ts'
import { codeOf, errorOf } from '../faults.ts'
import type { ParameterValues } from '../labs/parameter.ts'
import type { Notices } from './notices.ts'
import type { State } from './state.ts'

export interface Failures {
  /** The computation stopped, and why. */
  fail(fault: Error): void
  /** Reports a rejected call, unless it was only made obsolete by a newer one. */
  report(fault: unknown): void
  /** A new run took the place of the one that failed. */
  areOver(): void
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
    notices.show({ kind: 'error', title: 'The computation stopped.', lines: [fault.message], action })
  }

  function report(fault: unknown): void {
    if (codeOf(fault) !== 'obsolete') fail(errorOf(fault))
  }

  return {
    fail,
    report,
    areOver() {
      if (state.failure.peek() === null) return
      state.failure.value = null
      notices.dismissErrors()
    },
    recoveredWith(values) {
      recoveredValues = values
    },
  }
}
