/** A number that belongs to a text, whoever asks and when. */

/** FNV-1a (Fowler, Noll and Vo), 32 bits, unsigned. O(length). */
export function hashOfText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
