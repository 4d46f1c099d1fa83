/** ECharts options for a chart block: few colours, a zero line, intervals as bands, peaks as labelled dots. */
import type { EChartsCoreOption } from "echarts/core";
import { date, short, show, tick, type Style } from "./format";
import type { Chart, Mark, Series } from "./model";

/** Okabe and Ito's palette, told apart by colour-blind people; the second set is for dark pages. */
const light = ["#0072B2", "#C24E00", "#007A5A", "#A8487F", "#8A6500", "#2F7FB5", "#555555"];
const dark = ["#56B4E9", "#F0A060", "#35C79A", "#E3A5C6", "#F0C050", "#8FB8FF", "#BBBBBB"];

/** So many of the last periods are seen at first; the slider below shows the others. */
const window = { day: 182, week: 104, month: 120 };

type Point = [string | number, number | null];

export function palette(isDark: boolean): string[] { return isDark ? dark : light; }

export function chosen(chart: Chart, variant: number): { series: Series[]; marks: Mark[] } {
  const one = chart.choose?.[variant];
  return { series: one?.series ?? chart.series ?? [], marks: one?.marks ?? chart.marks ?? [] };
}

/** "pieces a day", "GBP a week": what the upright axis counts. */
export function unitLabel(chart: Chart, style: Style): string {
  const what = chart.unit === "money" ? style.currency || "money" : chart.unit === "units" ? "pieces" : "";
  return what && chart.x === "date" ? `${what} a ${style.period}` : what;
}

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

function drawn(series: Series, colour: string, chart: Chart): object {
  const line = series.kind === "line";
  return {
    name: series.name,
    type: series.kind === "points" ? "scatter" : series.kind,
    data: line ? dotted(series) : points(series, series.y),
    color: colour,
    symbol: line ? "none" : "circle",
    symbolSize: 7,
    stack: chart.stacked ? "all" : undefined,
    lineStyle: line ? { width: series.y.length > 400 ? 1.2 : 1.7, type: series.dashed ? [5, 3] : "solid" } : undefined,
  };
}

/** Dots on the line, each with its cause, as far as the labels do not lie on one another. */
function dots(series: Series[], marks: Mark[], ink: string, page: string): object[] {
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
    itemStyle: { color: page, borderColor: ink, borderWidth: 1.5 },
    label: { show: true, position: "top", formatter: "{b}", color: ink, fontSize: 11, textBorderColor: page, textBorderWidth: 3 },
    labelLayout: { hideOverlap: true },
  }];
}

/** Few ticks of time, so that the years among them find room. */
function axis(kind: Chart["x"]): object {
  if (kind === "date") return { type: "time", splitNumber: innerWidth < 640 ? 3 : 6 };
  return { type: kind === "category" ? "category" : "value", scale: kind === "number" };
}

function zoom(series: Series[], style: Style, line: string, ink: string): object[] {
  const past = series[0]?.x ?? [];
  const many = window[style.period];
  const from = past.length > 1.4 * many ? { startValue: past[past.length - many] } : {};
  return [
    { type: "inside", ...from, zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false, preventDefaultMouseMove: false },
    { type: "slider", ...from, bottom: 6, height: 26, showDetail: false, brushSelect: false, borderColor: line,
      fillerColor: "rgba(120,140,170,.18)", handleStyle: { borderColor: ink },
      moveHandleSize: 4 },
  ];
}

interface Pointed { seriesName?: string; color?: unknown; value?: unknown }

/** Built of nodes, so that no text of the data can be markup. */
function tip(chart: Chart, series: Series[], marks: Mark[], style: Style, pointed: Pointed[]): HTMLElement {
  const box = document.createElement("div");
  const first = pointed[0]?.value;
  const x = Array.isArray(first) ? (first[0] as string | number) : "";
  const add = (text: string, strong = false) => {
    const row = document.createElement("div");
    row.textContent = text;
    if (strong) row.style.fontWeight = "600";
    box.append(row);
  };
  add(chart.x === "date" ? date(String(x), style) : String(x), true);
  for (const s of series) {
    const i = s.x.indexOf(x);
    if (i < 0) continue;
    add(`${s.name} ${show(s.y[i] ?? null, chart.unit, style)}`);
    if (s.low && s.high) {
      add(`${s.interval ?? ""} between ${show(s.low[i] ?? null, chart.unit, style)} and ${show(s.high[i] ?? null, chart.unit, style)}`.trim());
    }
  }
  for (const m of marks) if (m.x === x) add(m.detail ?? m.label);
  return box;
}

export function options(chart: Chart, variant: number, style: Style, isDark: boolean): EChartsCoreOption {
  const { series, marks } = chosen(chart, variant);
  const colours = palette(isDark);
  const ink = isDark ? "#dddddd" : "#333333";
  const page = isDark ? "#16181a" : "#ffffff";
  const line = isDark ? "#3a3d40" : "#d8d8d8";
  const upright = chart.x === "category" && series.every((s) => s.kind === "bar");
  const value = { type: "value", scale: false, axisLabel: { color: ink, hideOverlap: true, formatter: (v: number) => short(v, chart.unit, style) },
                  splitLine: { lineStyle: { color: isDark ? "#2b2e31" : "#ececec" } } };
  const dated = chart.x === "date";
  const along = { ...axis(chart.x), axisLine: { lineStyle: { color: ink } }, inverse: upright,
                  axisLabel: { color: ink, hideOverlap: true, width: 150, overflow: "truncate",
                               ...(dated ? { formatter: (v: number) => tick(v, style) } : {}) } };
  return {
    aria: { enabled: true, label: { description: chart.title } },
    animation: false,
    textStyle: { fontFamily: "system-ui, sans-serif", color: ink },
    grid: { left: 8, right: 24, top: marks.length > 0 ? 30 : 12, bottom: dated ? 44 : 8, containLabel: true },
    xAxis: upright ? value : along,
    yAxis: upright ? along : value,
    tooltip: { trigger: "axis", confine: true, backgroundColor: page, borderColor: line, textStyle: { color: ink, fontSize: 13 },
               formatter: (p: unknown) => tip(chart, series, marks, style, Array.isArray(p) ? (p as Pointed[]) : [p as Pointed]) },
    dataZoom: dated ? zoom(series, style, line, ink) : [],
    series: [
      ...series.flatMap((s, i) => {
        const colour = colours[i % colours.length] ?? ink;
        const main = drawn(s, colour, chart);
        return [...band(s, colour), upright ? { ...main, encode: { x: 1, y: 0 } } : main];
      }),
      ...(dated ? dots(series, marks, ink, page) : []),
    ],
  };
}

/** The chart's numbers as a table, for those who rather read, and for screen readers. */
export function asTable(chart: Chart, variant: number): { columns: string[]; rows: (string | number | null)[][] } {
  const { series } = chosen(chart, variant);
  const columns = [chart.x === "date" ? "from" : "", ...series.flatMap((s) => (s.low ? [s.name, `${s.name}, low`, `${s.name}, high`] : [s.name]))];
  const keys = [...new Set(series.flatMap((s) => s.x))];
  if (chart.x !== "category") keys.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const places = series.map((s) => new Map(s.x.map((x, i) => [x, i])));
  const rows = keys.map((key) => {
    const cells = series.flatMap((s, k) => {
      const i = places[k]?.get(key);
      const pick = (values?: (number | null)[]) => (i === undefined ? null : values?.[i] ?? null);
      return s.low ? [pick(s.y), pick(s.low), pick(s.high)] : [pick(s.y)];
    });
    return [key, ...cells];
  });
  return { columns, rows };
}
