/** Categories one below another, their names at the left: bars, the bars of a waterfall, dots with their intervals. */
import { short } from "./format";
import type { Places } from "./heat";
import { colourOf } from "./look";
import type { Series } from "./model";
import { categories, isNarrow, kindOf, writer, type Sheet, type Shown } from "./shown";
import { written } from "./tip";

/** Where an axis begins far from zero its places differ in the second digit only. */
const cutDigits = 2;
/** Of more bars than this no figures stand at the ends. */
const fewRows = 15;
/** More rows than this stand closer together. */
const manyRows = 20;
const letter = 6.6; // pixels, about

export function heightOfRows(seen: Shown): number {
  const count = categories(seen).length;
  const beside = kindOf(seen) === "floating" || seen.stacked ? 1 : seen.series.length;
  const each = isLabelled(seen) ? 16 : 12;
  return Math.max(120, count * Math.max(count > manyRows ? 22 : 28, each * beside + 10) + 44);
}

/** Are the figures written at the ends? Not where bars stand on each other, nor at whiskers that lie close together. */
export function isLabelled(seen: Shown): boolean {
  if (kindOf(seen) === "floating") return categories(seen).length <= fewRows;
  const apart = kindOf(seen) === "bar" ? !seen.stacked : seen.series.length === 1;
  return apart && seen.series.reduce((sum, s) => sum + s.x.length, 0) <= fewRows;
}

/** Where the axis of a waterfall begins: not at zero where the changes would be slivers on long bars. */
export function cutAt(seen: Shown): number {
  const ends = seen.series.flatMap((s) => s.y.flatMap((_, i) => {
    const all = [s.low?.[i] ?? null, s.high?.[i] ?? null].filter((v) => v !== null);
    return isTotal(s, { low: all[0] ?? NaN, high: all[1] ?? NaN }) ? all.filter((v) => v !== 0) : all;
  }));
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  if (kindOf(seen) !== "floating" || !(least > 0) || most === least) return 0;
  const step = 10 ** Math.floor(Math.log10(most - least));
  const cut = Math.floor((least - 0.3 * (most - least)) / step) * step;
  return cut > 0.4 * most ? cut : 0;
}

interface Row { row: number; low: number; high: number; y: number; text: string }

/** What can be drawn of a series: where it stands, and the figure at its end. */
function rowsOf(series: Series, names: (string | number)[], sheet: Sheet): Row[] {
  const labelled = isLabelled(sheet.seen);
  return series.x.flatMap((x, i) => {
    const y = series.y[i] ?? null;
    const [low, high] = [series.low?.[i] ?? y, series.high?.[i] ?? y];
    if (y === null || low === null || high === null) return [];
    const text = labelled ? written(series, i, sheet.seen, sheet.style, writer(sheet)) : "";
    return [{ row: names.indexOf(x), low, high, y, text }];
  });
}

// ---- bars ----

function bars(series: Series, colour: string, rows: Row[], { seen, look }: Sheet): object {
  const data = rows.map(({ row, y, text }) => ({
    value: [y, row],
    label: { show: text !== "", position: y < 0 ? "left" : "right", formatter: () => text, color: look.ink, fontSize: 12 },
  }));
  return { type: "bar", name: series.name, data, color: colour, stack: seen.stacked ? "all" : undefined, barMaxWidth: 22, barCategoryGap: "30%" };
}

// ---- what ECharts has no name for ----

/** What the figure of a bar that floats is does not say where it lies. */
const dimensions = (series: Series) => (series.kind === "floating" ? [0, 1] : [0, 1, 2]);

type Draw = (row: Row, places: Places) => object[];

function custom(series: Series, rows: Row[], colour: string, draw: Draw): object {
  return {
    type: "custom", name: series.name, color: colour, encode: { x: dimensions(series), y: 3 }, data: rows.map((r) => [r.low, r.high, r.y, r.row]),
    renderItem: ({ dataIndex }: { dataIndex: number }, places: Places) => {
      const row = rows[dataIndex];
      return row ? { type: "group", children: draw(row, places) } : undefined;
    },
  };
}

function figure(text: string, x: number, y: number, ink: string): object[] {
  return text ? [{ type: "text", silent: true, style: { x, y, text, fill: ink, fontSize: 12, verticalAlign: "middle" } }] : [];
}

export function isTotal(series: Series, row: { low: number; high: number }): boolean {
  return series.name !== "change" && (row.low === 0 || row.high === 0);
}

/** A slanted gap in a bar that does not begin where the picture does. */
function gap(from: number, middle: number, height: number, page: string): object {
  const shape = { x1: from + 12, y1: middle + height / 2 + 1, x2: from + 18, y2: middle - height / 2 - 1 };
  return { type: "line", shape, style: { stroke: page, lineWidth: 3 }, silent: true };
}

/** A bar, and a thin line from where it ends to the next one. */
function floating(series: Series, last: number, { seen, look }: Sheet): Draw {
  const cut = cutAt(seen);
  return ({ row, low, high, y, text }, places) => {
    const [from = 0, middle = 0] = places.coord([Math.max(low, cut || low), row]);
    const [to = 0] = places.coord([high, row]);
    const [, tall = 0] = places.size([0, 1]);
    const height = Math.min(20, 0.66 * tall);
    const total = isTotal(series, { low, high });
    const fill = total ? look.neutral : colourOf(look, y < 0 ? 1 : 0);
    const end = (total ? high !== 0 : y >= 0) ? to : from;
    const joint = { x1: end, y1: middle + height / 2, x2: end, y2: middle + tall - height / 2 };
    return [
      ...(row < last ? [{ type: "line", shape: joint, style: { stroke: look.neutral, lineWidth: 1 }, silent: true }] : []),
      { type: "rect", shape: { x: from, y: middle - height / 2, width: Math.max(to - from, 1.5), height }, style: { fill } },
      ...(total && cut > 0 ? [gap(from, middle, height, look.page)] : []),
      ...figure(text, to + 6, middle, look.ink),
    ];
  };
}

/** Several series stand closely below one another. */
function whisker(at: number, colour: string, { seen, look }: Sheet): Draw {
  return ({ row, low, high, y, text }, places) => {
    const [, tall = 0] = places.size([0, 1]);
    const shift = (at - (seen.series.length - 1) / 2) * Math.min(12, tall / (seen.series.length + 1));
    const [from = 0, middle = 0] = places.coord([low, row]);
    const [[to = 0], [dot = 0]] = [places.coord([high, row]), places.coord([y, row])];
    const across = middle + shift;
    return [
      { type: "line", shape: { x1: from, y1: across, x2: to, y2: across }, style: { stroke: colour, lineWidth: 2, opacity: 0.65 } },
      { type: "circle", shape: { cx: dot, cy: across, r: 4.5 }, style: { fill: colour } },
      ...figure(text, Math.max(to, dot) + 8, across, look.ink),
    ];
  };
}

function drawn(series: Series, at: number, names: (string | number)[], sheet: Sheet): object {
  const rows = rowsOf(series, names, sheet);
  const colour = colourOf(sheet.look, at);
  if (series.kind === "floating") return custom(series, rows, colour, floating(series, names.length - 1, sheet));
  if (series.kind === "whisker") return custom(series, rows, colour, whisker(at, colour, sheet));
  return bars(series, colour, rows, sheet);
}

// ---- names and axes ----

/** A name in at most two lines of so many letters. */
export function folded(name: string, letters: number, lines: number): string {
  const made: string[] = [""];
  for (const word of name.split(" ")) {
    const last = made[made.length - 1] ?? "";
    const longer = last ? `${last} ${word}` : word;
    if (!last || longer.length <= letters) made[made.length - 1] = longer;
    else made.push(word);
  }
  const cut = made.length > lines ? [...made.slice(0, lines - 1), made.slice(lines - 1).join(" ")] : made;
  return cut.map((line) => (line.length > letters ? `${line.slice(0, letters - 1).trimEnd()}…` : line)).join("\n");
}

function names({ look, width }: Sheet, all: string[], margin: number): object {
  const letters = isNarrow(width) ? 17 : 40;
  const lines = all.length > manyRows ? 1 : 2;
  return { color: look.ink, interval: 0, margin, lineHeight: 13, formatter: (name: string) => folded(name, letters, lines) };
}

/** Figures at the ends stand in the margins: left of what is negative, right of what is positive. */
function room(all: (string | number)[], sheet: Sheet): { left: number; right: number } {
  const rows = sheet.seen.series.flatMap((s) => rowsOf(s, all, sheet));
  const wide = (some: Row[]) => some.reduce((most, r) => Math.max(most, r.text.length * letter + 10), 0);
  if (kindOf(sheet.seen) !== "bar") return { left: 0, right: wide(rows) };
  return { left: wide(rows.filter((r) => r.y < 0)), right: wide(rows.filter((r) => r.y >= 0)) };
}

export function listed(sheet: Sheet): object {
  const { seen, style, look, width } = sheet;
  const all = categories(seen);
  const { left, right } = room(all, sheet);
  const cut = cutAt(seen);
  return {
    grid: { left: 8, right: Math.max(16, right), top: 6, bottom: 8, containLabel: true },
    xAxis: {
      type: "value", scale: false, min: cut || undefined, splitNumber: isNarrow(width) ? 3 : 6,
      axisLabel: { color: look.ink, hideOverlap: true, formatter: (v: number) => short(v, seen.unit, style, cut ? cutDigits : undefined) },
      splitLine: { lineStyle: { color: look.grid } },
    },
    yAxis: {
      type: "category", data: all.map(String), inverse: true, axisTick: { show: false },
      axisLine: { show: cut === 0, onZero: true, lineStyle: { color: look.ink } },
      axisLabel: names(sheet, all.map(String), 8 + left),
    },
    series: seen.series.map((s, i) => drawn(s, i, all, sheet)),
  };
}
