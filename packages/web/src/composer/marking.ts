/** A text and what of it is selected. */
export interface Selected {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A replacement of a stretch of text, and the selection after it. */
export interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
  readonly start: number;
  readonly end: number;
}

/** Puts a Markdown mark around the selection, or takes it away where it stands already. */
export function toggleMark({ text, start, end }: Selected, mark: string): Replacement {
  const size = mark.length;
  const inside = text.slice(start, end);
  const isMarked = text.slice(start - size, start) === mark && text.slice(end, end + size) === mark;
  // `**bold**` also ends in `*`: a longer mark is not the shorter one.
  const isLonger = text[start - size - 1] === mark[0] && size === 1 && text[start - size - 2] !== mark[0];
  if (isMarked && !isLonger) {
    return { from: start - size, to: end + size, insert: inside, start: start - size, end: end - size };
  }
  return { from: start, to: end, insert: `${mark}${inside}${mark}`, start: start + size, end: end + size };
}
