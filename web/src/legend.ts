/** What the colours and shapes of a picture are: above it on the page, and in the picture that one saves. */
import { short, stretch, whole, type Style } from "./format";
import { range } from "./heat";
import { colourOf, type Look } from "./look";
import type { Series } from "./model";
import { tooLongAgo } from "./plane";
import { cutAt, isTotal } from "./rows";
import { kindOf, leftOut, unitLabel, type Shown } from "./shown";

export interface Key {
  shape: "none" | "line" | "dashed" | "box" | "dot" | "ring" | "scale";
  text: string;
  /** Of a scale: all its colours, from little to much. */
  colours: string[];
  /** Of a scale: what stands at its end. */
  end?: string;
}

const words = (text: string): Key => ({ shape: "none", text, colours: [] });

function ofSeries(s: Series, colour: string): Key {
  const shape = s.kind === "bar" ? "box" : s.kind === "line" ? (s.dashed ? "dashed" : "line") : "dot";
  const drawn = s.kind === "whisker" ? "line" : "shaded";
  return { shape, text: s.interval ? `${s.name}, ${drawn}: ${s.interval} interval` : s.name, colours: [colour] };
}

/** What there is of more, less and whole. */
function ofWaterfall(seen: Shown, style: Style, look: Look): Key[] {
  const cut = cutAt(seen);
  const names = { more: "more", less: "less", total: cut > 0 ? `total, shown from ${short(cut, seen.unit, style)} on` : "total" };
  const bars = seen.series.flatMap((s) => s.y.map((y, i) => {
    const total = isTotal(s, { low: s.low?.[i] ?? NaN, high: s.high?.[i] ?? NaN });
    return total ? "total" : (y ?? 0) < 0 ? "less" : "more";
  }));
  const colours = { more: colourOf(look, 0), less: colourOf(look, 1), total: look.neutral };
  return (["more", "less", "total"] as const).filter((name) => bars.includes(name)).map((name) => ({ shape: "box", text: names[name], colours: [colours[name]] }));
}

function ofKind(seen: Shown, style: Style, look: Look): Key[] {
  if (kindOf(seen) === "floating") return ofWaterfall(seen, style, look);
  if (kindOf(seen) !== "heat") return seen.series.map((s, i) => ofSeries(s, colourOf(look, i)));
  const [low, high] = range(seen);
  return [{ shape: "scale", text: short(low, seen.unit, style), end: short(high, seen.unit, style), colours: look.scale }];
}

/** What rings are, and where the one is that a sentence tells of, if one does not see it at once. */
function ofPeaks(seen: Shown, style: Style, look: Look): Key[] {
  if (seen.x !== "date" || seen.marks.length === 0) return [];
  const before = tooLongAgo(seen);
  const where = before ? `; that of ${stretch(String(before.x), seen.grain, style)} (${before.label}) is before what is seen at first` : "";
  return [{ shape: "ring", text: `peak${seen.marked ? ` ${seen.marked}` : ""}${where}`, colours: [look.ink] }];
}

export function keysOf(seen: Shown, style: Style, look: Look): Key[] {
  const unit = unitLabel(seen, style);
  const missing = leftOut(seen);
  return [
    ...(unit ? [words(`${unit}:`)] : []),
    ...ofKind(seen, style, look),
    ...ofPeaks(seen, style, look),
    ...(missing > 0 ? [words(`not shown, as 0 or less: ${whole(missing, style)}`)] : []),
  ];
}
