/** Lines, upright bars and dots over time, over numbers or over a few categories; intervals as bands, peaks as labelled dots. */
import { short, show, tick } from "./format";
import { colourOf } from "./look";
import type { Mark, Series } from "./model";
import { isLeftOut, isNarrow, isScatter, type Sheet, type Shown } from "./shown";

/** So many of the last periods are seen at first; the slider below shows the others. */
const window = { day: 182, week: 104, month: 120, quarter: 60, year: 60 };

/** As many times more at most, so that a peak that is told is in sight: among yet more one would not see what is coming. */
const widest = 4;

/** So many points are seen without a slider. */
const fewPoints = 60;

/** Of more dots than this each is small. */
const manyDots = 60;

type Point = [string | number, number | null];

function points(series: Series, y: (number | null)[]): Point[] {
  return series.x.map((x, i) => [x, y[i] ?? null]);
}

/** A band is two stacked lines without symbols: the lower one unseen, the difference filled. */
function band(series: Series, colour: string): object[] {
  const { low, high } = series;
  if (!low || !high) return [];
  const hidden = { type: "line", symbol: "none", lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false } };
  const width = high.map((h, i) => (h === null || low[i] === null ? null : h - (low[i] ?? 0)));
  const stack = `band ${series.name}`;
  return [
    { ...hidden, name: `${series.name} from`, stack, stackStrategy: "all", data: points(series, low) },
    { ...hidden, name: `${series.name} to`, stack, stackStrategy: "all", data: points(series, width),
      areaStyle: { color: colour, opacity: 0.25 } },
  ];
}

/** A value between two unknown ones has no line to either side: it is a small dot, or it would not be seen. */
function alone(series: Series, i: number): boolean {
  return (series.y[i] ?? null) !== null && (series.y[i - 1] ?? null) === null && (series.y[i + 1] ?? null) === null;
}

function dotted(series: Series): (Point | object)[] {
  return points(series, series.y).map((value, i) => (alone(series, i) ? { value, symbol: "circle", symbolSize: 4 } : value));
}

function line(series: Series, colour: string): object {
  const width = series.y.length > 400 ? 1.2 : 1.7;
  return { name: series.name, type: "line", data: dotted(series), color: colour, symbol: "none",
           lineStyle: { width, type: series.dashed ? [5, 3] : "solid" } };
}

/** Half-transparent, so that one sees where many lie; the number of each stands behind its place. */
function scatter(series: Series, colour: string, sheet: Sheet): object {
  const count = sheet.seen.series.reduce((sum, s) => sum + s.x.length, 0);
  const dots = isScatter(sheet.seen) ? { symbolSize: count > manyDots ? 5 : 8, itemStyle: { opacity: count > manyDots ? 0.5 : 0.7 } } : { symbolSize: 7 };
  const data = series.x.flatMap((x, i) => (isLeftOut(sheet.seen, x, series.y[i]) ? [] : [[x, series.y[i] ?? null, i]]));
  return { name: series.name, type: "scatter", data, color: colour, ...dots };
}

function drawn(series: Series, colour: string, sheet: Sheet): object {
  if (series.kind === "points") return scatter(series, colour, sheet);
  const stack = sheet.seen.stacked ? "all" : undefined;
  const main = series.kind === "bar" ? { name: series.name, type: "bar", data: points(series, series.y), color: colour } : line(series, colour);
  return { ...main, stack };
}

/** Dots on the line, each with its cause, as far as the labels do not lie beside or above one another: the first one's stays. */
function dots(series: Series[], marks: Mark[], { seen, look }: Sheet): object[] {
  const height = (x: string | number) => {
    for (const s of series) {
      const at = s.x.indexOf(x);
      if (at >= 0 && s.y[at] !== null) return s.y[at] ?? null;
    }
    return null;
  };
  const data = marks.map((m) => ({ value: [m.x, height(m.x)], name: m.label })).filter((d) => d.value[1] !== null);
  if (data.length === 0) return [];
  return [{
    type: "scatter", name: "peak", data, symbolSize: 8, z: 5, tooltip: { show: false },
    itemStyle: { color: look.page, borderColor: look.ink, borderWidth: 1.5 },
    label: { show: true, position: seen.x === "date" ? "top" : "right", formatter: "{b}", color: look.ink, fontSize: 11, textBorderColor: look.page, textBorderWidth: 3, textMargin: seen.x === "date" ? [300, 3] : 0 },
    labelLayout: { hideOverlap: true },
  }];
}

/** What is seen at first begins here: a little before the peaks that are told. */
export function opening(seen: Shown): number {
  const past = seen.series[0]?.x ?? [];
  const many = window[seen.grain];
  if (past.length <= 1.4 * many) return 0;
  const earliest = Math.max(0, past.length - widest * many);
  const told = seen.marks.filter((m) => m.told).map((m) => past.indexOf(m.x)).filter((i) => i >= earliest);
  return Math.max(0, Math.min(past.length - many, ...told.map((i) => i - Math.round(many / 12))));
}

/** The first peak that is told, where it was too long ago to be in sight at first. */
export function tooLongAgo(seen: Shown): Mark | undefined {
  const before = new Set(seen.series[0]?.x.slice(0, opening(seen)));
  return seen.marks.find((m) => m.told && before.has(m.x));
}

function zoom({ seen, look }: Sheet): object[] {
  const from = opening(seen) > 0 ? { startValue: seen.series[0]?.x[opening(seen)] } : {};
  return [
    { type: "inside", ...from, zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false, preventDefaultMouseMove: false },
    { type: "slider", ...from, bottom: 6, height: 26, showDetail: false, brushSelect: false, borderColor: look.line,
      fillerColor: "rgba(120,140,170,.18)", handleStyle: { borderColor: look.ink },
      moveHandleSize: 4 },
  ];
}

/** The next of 1, 2, 5, 10, 20 … below or above a value. */
export function round125(value: number, up: boolean): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const steps = [1, 2, 5, 10].map((step) => step * power);
  return (up ? steps.find((step) => step >= value * 0.999999) : [...steps].reverse().find((step) => step <= value * 1.000001)) ?? value;
}

/** Where an axis begins and ends, if not where ECharts would: close to logarithmic dots, and with the whole where shares come near it. */
function ends(values: (string | number | null)[], unit: string, log: boolean): object {
  const known = values.filter((v): v is number => typeof v === "number" && (!log || v > 0));
  const [least, most] = known.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
  if (log && known.length > 0) return { min: round125(least, false), max: round125(most, true) };
  return unit === "share" && least >= 0 && most > 0.8 && most <= 1 ? { min: 0, max: 1 } : {};
}

function upright({ seen, style, look }: Sheet): object {
  return {
    type: seen.log ? "log" : "value", scale: false, ...ends(seen.series.flatMap((s) => [...s.y, ...(s.high ?? [])]), seen.unit, Boolean(seen.log)),
    axisLabel: { color: look.ink, hideOverlap: true, formatter: (v: number) => short(v, seen.unit, style) },
    splitLine: { lineStyle: { color: look.grid } },
  };
}

/** Few ticks of time, so that the years among them find room. */
function along({ seen, style, look, width }: Sheet): object {
  const axisLine = { lineStyle: { color: look.ink } };
  const axisLabel = { color: look.ink, hideOverlap: true, width: 150, overflow: "truncate" };
  if (seen.x === "date") {
    const label = { ...axisLabel, formatter: (v: number) => tick(v, style) };
    return { type: "time", splitNumber: isNarrow(width) ? 3 : 6, axisLine, axisLabel: label };
  }
  if (seen.x === "category") return { type: "category", axisLine, axisLabel };
  const write = seen.along?.unit === "number" || !seen.along ? show : short;
  return {
    type: seen.log ? "log" : "value", scale: true, axisLine, splitNumber: isNarrow(width) ? 3 : 6,
    ...ends(seen.series.flatMap((s) => s.x), seen.along?.unit ?? "", Boolean(seen.log)),
    splitLine: { show: isScatter(seen), lineStyle: { color: look.grid } },
    axisLabel: { ...axisLabel, formatter: (v: number) => write(v, seen.along?.unit ?? "number", style) },
    name: seen.along?.label, nameLocation: "middle", nameGap: 28, nameTextStyle: { color: look.ink },
  };
}

export function plane(sheet: Sheet): object {
  const { series, marks, x } = sheet.seen;
  const slides = x === "date" && series.some((s) => s.x.length > fewPoints);
  return {
    grid: { left: 8, right: 24, top: marks.length > 0 ? 30 : 12, bottom: slides ? 44 : sheet.seen.along ? 30 : 8, containLabel: true },
    xAxis: along(sheet),
    yAxis: upright(sheet),
    dataZoom: slides ? zoom(sheet) : [],
    series: [
      ...series.flatMap((s, i) => {
        const colour = colourOf(sheet.look, i);
        return [...band(s, colour), drawn(s, colour, sheet)];
      }),
      ...dots(series, marks, sheet),
    ],
  };
}
