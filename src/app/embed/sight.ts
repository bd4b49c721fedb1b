/** Whether a frame is in sight in the page around it. */

/** Share of the frame that must be in sight: a line at the edge of the window is not looked at. */
const share = 0.1

/** Calls `listener` with the first answer, and with every other one. */
export function watchSight(listener: (inSight: boolean) => void): void {
  let before: boolean | undefined
  const observer = new IntersectionObserver(
    (entries) => {
      const inSight = entries.at(-1)!.intersectionRatio >= share
      if (inSight === before) return
      before = inSight
      listener(inSight)
    },
    { threshold: [0, share, 2 * share] },
  )
  observer.observe(document.documentElement)
}
