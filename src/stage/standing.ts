/** A curve that a caption or a legend names stands out of its picture: all others are faint. */

/** A part of a picture that may have a name. */
export interface Named {
  /** Words that say what it draws, such as "q forward": a caption lights all parts that have the words it names. */
  readonly curve?: string
}

type Part = Named & { readonly opacity?: number }

/** Whether a part with these words has all of the words that were asked for. */
export function isMeant(asked: string | undefined, curve: string | undefined): boolean {
  const words = curve?.split(' ')
  return asked?.split(' ').every((word) => words?.includes(word)) ?? false
}

/** Whether a content of any kind has a part that is meant. */
export const draws = (content: object | undefined, asked: string | undefined): boolean =>
  Object.values(content ?? {})
    .flat()
    .some((part: Named | undefined) => isMeant(asked, part?.curve))

/** Opacity of all other parts, as a share of their own. */
const faint = 0.18

/** A content while one of the parts in these lists is asked for. Where none is meant, it stays as it is. */
export function standingOut<Key extends string, Content extends Readonly<Record<Key, readonly Part[]>>>(
  content: Content,
  lists: readonly Key[],
  asked: string | undefined,
): Content {
  if (!draws(content, asked)) return content
  const shown = (part: Part) =>
    isMeant(asked, part.curve) ? part : { ...part, opacity: faint * (part.opacity ?? 1) }
  return { ...content, ...Object.fromEntries(lists.map((list) => [list, content[list].map(shown)])) }
}
