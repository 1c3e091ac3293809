/** Names that fit. */

/** From Hangul on, letters of East Asia and signs take about two columns. */
const columnsOf = (letter: string): number => (letter.codePointAt(0)! >= 0x1100 ? 2 : 1);

/**
 * The text in at most so many columns: where it is longer its middle gives way to an ellipsis, as ids that
 * belong together start alike and often end unlike.
 */
export function shortened(content: string, columns: number): string {
  const letters = [...content];
  const width = (some: readonly string[]): number =>
    some.reduce((sum, letter) => sum + columnsOf(letter), 0);
  if (width(letters) <= columns) return content;
  const start: string[] = [];
  const end: string[] = [];
  // The ellipsis takes one. Letters are taken from both sides in turn, as long as they fit.
  for (let room = columns - 1; ; ) {
    const isStart = start.length <= end.length;
    const letter = isStart ? letters[start.length]! : letters[letters.length - 1 - end.length]!;
    room -= columnsOf(letter);
    if (room < 0) return `${start.join('')}…${end.join('')}`;
    if (isStart) start.push(letter);
    else end.unshift(letter);
  }
}
