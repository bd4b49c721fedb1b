/** A lab's story with its texts rendered to HTML: see captions.ts. */
declare module '*?rendered' {
  export const story: readonly import('./lab.ts').StoryStep[]
}
