/** What is told under the pointer. Built of nodes, so that no text of the data can be markup. */
import { show, signed, stretch, type Style } from "./format";
import type { Series } from "./model";
import { isScatter, kindOf, type Shown } from "./shown";

/** What ECharts says of what is pointed at. */
export interface Pointed { seriesName?: string; axisValue?: unknown; value?: unknown }

/** A heading, and lines. */
type Told = [string, string[]];

/** A place on the horizontal axis, or a category. */
export function place(x: string | number, seen: Shown, style: Style): string {
  if (seen.x === "date") return stretch(String(x), seen.grain, style);
  if (seen.x === "number" && seen.along) return `${seen.along.label} ${show(x, seen.along.unit, style)}`;
  return seen.x === "number" ? show(x, "number", style) : String(x);
}

/** A change has its sign. */
export function written(series: Series, i: number, seen: Shown, style: Style, write = show): string {
  const y = series.y[i] ?? null;
  const isChange = series.kind === "floating" && series.name === "change" && y !== null;
  return isChange ? signed(y, seen.unit, style, write) : write(y as number, seen.unit, style);
}

function between(series: Series, i: number, seen: Shown, style: Style): string {
  const [low, high] = [series.low?.[i] ?? null, series.high?.[i] ?? null];
  if (series.kind === "floating" || (low === null && high === null)) return "";
  return `${series.interval ?? ""} between ${show(low, seen.unit, style)} and ${show(high, seen.unit, style)}`.trim();
}

/** All series at one place. */
export function tipOfPlace(x: string | number, seen: Shown, style: Style): Told {
  const lines = seen.series.flatMap((s) => {
    const i = s.x.indexOf(x);
    if (i < 0) return [];
    return [`${s.name} ${written(s, i, seen, style)}`, between(s, i, seen, style), s.label?.[i] ?? ""];
  });
  return [place(x, seen, style), [...lines, ...seen.marks.filter((m) => m.x === x).map((m) => m.detail ?? m.label)]];
}

/** One cell of a heat map, or one of many dots. */
export function tipOfPoint(series: Series, i: number, seen: Shown, style: Style): Told {
  const [x, label] = [series.x[i] ?? "", series.label?.[i] ?? ""];
  const value = written(series, i, seen, style);
  if (kindOf(seen) === "heat") return [`${series.name}, ${place(x, seen, style)}`, [value, label]];
  const group = seen.series.length > 1 ? series.name : "";
  return [label || group, [label ? group : "", place(x, seen, style), `${seen.up ?? series.name} ${value}`]];
}

function box([head, lines]: Told): HTMLElement {
  const made = document.createElement("div");
  made.style.cssText = "max-width: 22rem; white-space: normal; overflow-wrap: anywhere";
  for (const [i, text] of [head, ...lines].entries()) {
    if (text === "") continue;
    const row = document.createElement("div");
    row.textContent = text;
    if (i === 0) row.style.fontWeight = "600";
    made.append(row);
  }
  return made;
}

/** Of all that stands at one place; or of one point, whose number is the last of its values. */
export function tip(seen: Shown, style: Style, pointed: Pointed | Pointed[]): HTMLElement | string {
  const one = Array.isArray(pointed) ? pointed[0] : pointed;
  const values = Array.isArray(one?.value) ? (one.value as (string | number)[]) : [];
  if (Array.isArray(pointed)) {
    const x = seen.x === "category" ? one?.axisValue : values[0];
    return box(tipOfPlace((x ?? "") as string | number, seen, style));
  }
  const series = seen.series.find((s) => s.name === one?.seriesName);
  const i = Number(values[values.length - 1] ?? NaN);
  return series && (isScatter(seen) || kindOf(seen) === "heat") ? box(tipOfPoint(series, i, seen, style)) : "";
}
