/** What is seen of a chart: one of its variants, with all that the variant does not say taken from the chart. */
import { short, show, type Style } from "./format";
import type { Look } from "./look";
import type { Chart, Grain, Kind, Mark, Series } from "./model";

export interface Shown extends Omit<Chart, "choose" | "series" | "marks" | "grain"> {
  series: Series[];
  marks: Mark[];
  grain: Grain;
}

export function shown(chart: Chart, variant: number, style: Style): Shown {
  const one = chart.choose?.[variant];
  return {
    ...chart,
    unit: one?.unit ?? chart.unit,
    finding: one?.finding ?? chart.finding,
    series: one?.series ?? chart.series ?? [],
    marks: one?.marks ?? chart.marks ?? [],
    grain: chart.grain ?? style.period,
  };
}

/** What is drawn, on what: the width is the picture's, in pixels. */
export interface Sheet { seen: Shown; style: Style; look: Look; width: number }

export function isNarrow(width: number): boolean { return width < 600; }

/** A figure beside what shows it: short where there is little room. */
export function writer(sheet: Sheet): typeof show { return isNarrow(sheet.width) ? short as typeof show : show; }

/** How it is drawn: series of one kind share one way. */
export function kindOf(seen: Shown): Kind { return seen.series[0]?.kind ?? "line"; }

/** Dots of many things, each with a place of its own, where a line has one value a place. */
export function isScatter(seen: Shown): boolean { return seen.x === "number" && kindOf(seen) === "points"; }

/** Categories one below another, their names at the left. */
export function isListed(seen: Shown): boolean {
  const kind = kindOf(seen);
  return seen.x === "category" && (kind === "floating" || kind === "whisker" || seen.series.every((s) => s.kind === "bar"));
}

/** The categories in the order in which they first come. */
export function categories(seen: Shown): (string | number)[] {
  return [...new Set(seen.series.flatMap((s) => s.x))];
}

/** "pieces a day", "GBP a week": what the upright axis counts. */
export function unitLabel(seen: Shown, style: Style): string {
  if (seen.up) return seen.up;
  const what = seen.unit === "money" ? style.currency || "money" : seen.unit === "units" ? "pieces" : "";
  return what && seen.x === "date" ? `${what} a ${seen.grain}` : what;
}

/** Has a value no place on logarithmic axes? */
export function isLeftOut(seen: Shown, x: string | number, y: number | null | undefined): boolean {
  return Boolean(seen.log) && y !== null && y !== undefined && (y <= 0 || Number(x) <= 0);
}

export function leftOut(seen: Shown): number {
  return seen.series.reduce((sum, s) => sum + s.x.filter((x, i) => isLeftOut(seen, x, s.y[i])).length, 0);
}

/** What a screen reader says of it: the title, and what is to be seen. */
export function spoken(seen: Shown): string {
  return seen.finding ? `${seen.title}. ${seen.finding}` : seen.title;
}
