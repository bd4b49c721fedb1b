/** Whether a run may begin to play before anybody has asked for it. Who wants less motion presses Play. */
export const playsByItself = (): boolean =>
  globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches !== true
