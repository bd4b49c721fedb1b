/** A page with one column that is scrolled, as on a phone or enlarged: the panel lies below the pictures (styles/layout.css). */
export const narrowPage = (): MediaQueryList => matchMedia('(max-width: 899px), (max-height: 599px)')
