/** A chart's numbers as a table, for those who rather read, and for screen readers. */
import type { Style } from "./format";
import type { Cell, Chart, Format, Series } from "./model";
import { categories, isScatter, kindOf, shown, type Shown } from "./shown";

export interface Numbers {
  columns: string[];
  /** How the cells of each column are written; "date": by what a point covers. */
  formats: (Format | string)[];
  rows: Cell[][];
}

type Column = [string, Format | string];

function made(columns: Column[], rows: Cell[][]): Numbers {
  return { columns: columns.map(([name]) => name), formats: columns.map(([, format]) => format), rows };
}

function placeColumn(seen: Shown): Column {
  if (seen.x === "date") return [seen.grain === "day" || seen.grain === "week" ? "from" : seen.grain, "date"];
  if (seen.x === "number") return [seen.along?.label ?? "", seen.along?.unit ?? "number"];
  return ["", "text"];
}

/** One row a dot: no two are joined, for many may stand at one place. */
function ofDots(seen: Shown): Numbers {
  const named = seen.series.some((s) => s.label);
  const several = seen.series.length > 1;
  const columns: Column[] = [
    ...(named ? [["name", "text"] as Column] : []),
    ...(several ? [["group", "text"] as Column] : []),
    placeColumn(seen),
    [seen.up ?? seen.series[0]?.name ?? "", seen.unit],
  ];
  const rows = seen.series.flatMap((s) => s.x.map((x, i) =>
    [...(named ? [s.label?.[i] ?? null] : []), ...(several ? [s.name] : []), x, s.y[i] ?? null]));
  return made(columns, rows);
}

/** One row a bar, whatever series it is of. */
function ofWaterfall(seen: Shown): Numbers {
  const { unit } = seen;
  const rows = categories(seen).flatMap((x) => seen.series.flatMap((s) => {
    const i = s.x.indexOf(x);
    return i < 0 ? [] : [[x, s.y[i] ?? null, s.low?.[i] ?? null, s.high?.[i] ?? null]];
  }));
  return made([["", "text"], ["figure", unit], ["from", unit], ["to", unit]], rows);
}

function columnsOf(s: Series, seen: Shown): Column[] {
  return [
    [s.name, seen.unit],
    ...(s.low ? [[`${s.name}, low`, seen.unit], [`${s.name}, high`, seen.unit]] as Column[] : []),
    ...(s.label ? [["note", "text"] as Column] : []),
  ];
}

/** One row a place, the series beside each other. */
function ofPlaces(seen: Shown): Numbers {
  const keys = categories(seen);
  if (seen.x !== "category" && kindOf(seen) !== "heat") keys.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const places = seen.series.map((s) => new Map(s.x.map((x, i) => [x, i])));
  const rows = keys.map((key) => {
    const cells = seen.series.flatMap((s, k) => {
      const i = places[k]?.get(key);
      const pick = (values?: Cell[]): Cell => (i === undefined ? null : values?.[i] ?? null);
      return [pick(s.y), ...(s.low ? [pick(s.low), pick(s.high)] : []), ...(s.label ? [pick(s.label)] : [])];
    });
    return [key, ...cells];
  });
  return made([placeColumn(seen), ...seen.series.flatMap((s) => columnsOf(s, seen))], rows);
}

export function asTable(chart: Chart, variant: number, style: Style): Numbers {
  const seen = shown(chart, variant, style);
  if (isScatter(seen)) return ofDots(seen);
  return kindOf(seen) === "floating" ? ofWaterfall(seen) : ofPlaces(seen);
}
