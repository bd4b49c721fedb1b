/** A lab's story, with its texts rendered to HTML or without them: see captions.ts. */
declare module '*?rendered' {
  export const story: readonly import('./story.ts').StoryStep[]
}

declare module '*?outline' {
  export const story: readonly import('./story.ts').StoryOutline[]
}
