/** Sentences with their figures brought out. */

export interface Part { text: string; strong: boolean }

/* "GBP 1,141,686", "2.3 %", "29 Nov 2024", "1.8 times", "214,697 pieces", "28 days". */
const figure = /\b(?:\d{1,2} [A-Z][a-z]{2} \d{4}|(?:[A-Z]{3} )?-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?: %| (?:times|pieces|days?|weeks?|months?)\b)?)(?!\w)/g;

/** Parts in order; joined they are the sentence again. Figures inside of names ("size 2") stay as they are. */
export function emphasised(sentence: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const match of sentence.matchAll(figure)) {
    const isFigure = /^[A-Z]{3} |%$|[a-z]$| [A-Z][a-z]{2} \d{4}$|,\d{3}/.test(match[0]);
    if (!isFigure) continue;
    if (match.index > from) parts.push({ text: sentence.slice(from, match.index), strong: false });
    parts.push({ text: match[0], strong: true });
    from = match.index + match[0].length;
  }
  if (from < sentence.length) parts.push({ text: sentence.slice(from), strong: false });
  return parts;
}
