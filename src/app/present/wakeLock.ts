/** Keeps the screen on while presenting, where the browser can do that. */
export function createWakeLock(): { hold(on: boolean): void } {
  let wanted = false
  let lock: WakeLockSentinel | undefined
  async function ask(): Promise<void> {
    if (!wanted || lock || document.visibilityState !== 'visible') return
    try {
      const given = await navigator.wakeLock?.request('screen')
      if (!given) return
      // the browser takes it back whenever the page is hidden
      given.addEventListener('release', () => {
        if (lock === given) lock = undefined
      })
      if (wanted) lock = given
      else void given.release()
    } catch {
      // as with a nearly empty battery: the screen then sleeps as ever
    }
  }
  document.addEventListener('visibilitychange', () => void ask())
  return {
    hold(on) {
      wanted = on
      if (on) void ask()
      else void lock?.release()
    },
  }
}
