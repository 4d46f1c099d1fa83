/** ECharts options for a chart block: direct labels, few colours, a zero line, intervals as bands. */
import type { EChartsCoreOption } from "echarts/core";
import { short, show, type Style } from "./format";
import type { Chart, Mark, Series } from "./model";

/** Okabe and Ito's palette, told apart by colour-blind people; the second set is for dark pages. */
const light = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#555555"];
const dark = ["#56B4E9", "#F0A060", "#35C79A", "#E3A5C6", "#F0C050", "#8FB8FF", "#BBBBBB"];

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
      areaStyle: { color: colour, opacity: 0.2 } },
  ];
}

function drawn(series: Series, colour: string, chart: Chart, marks: Mark[] | undefined): object {
  const line = series.kind === "line";
  const labelled = line && chart.x === "date";
  return {
    name: series.name,
    type: series.kind === "points" ? "scatter" : series.kind,
    data: points(series, series.y),
    color: colour,
    symbol: line ? "none" : "circle",
    symbolSize: 7,
    stack: chart.stacked ? "all" : undefined,
    lineStyle: line ? { width: 1.6, type: series.dashed ? "dashed" : "solid" } : undefined,
    endLabel: labelled ? { show: true, formatter: "{a}", color: colour } : undefined,
    markLine: marks && marks.length > 0
      ? { symbol: "none", silent: true, lineStyle: { color: "#999", type: "dotted" },
          label: { formatter: "{b}", fontSize: 10 }, data: marks.map((m) => ({ xAxis: m.x, name: m.label })) }
      : undefined,
  };
}

function axis(kind: Chart["x"]): object {
  if (kind === "date") return { type: "time" };
  return { type: kind === "category" ? "category" : "value", scale: kind === "number" };
}

export function palette(isDark: boolean): string[] { return isDark ? dark : light; }

export function options(chart: Chart, variant: number, style: Style, isDark: boolean): EChartsCoreOption {
  const chosen = chart.choose?.[variant] ?? { series: chart.series ?? [], marks: chart.marks };
  const colours = palette(isDark);
  const ink = isDark ? "#dddddd" : "#333333";
  const upright = chart.x === "category" && chosen.series.every((s) => s.kind === "bar");
  const value = { type: "value", scale: false, axisLabel: { color: ink, hideOverlap: true, formatter: (v: number) => short(v, chart.unit, style) },
                  splitLine: { lineStyle: { color: isDark ? "#333" : "#e8e8e8" } } };
  const along = { ...axis(chart.x), axisLabel: { color: ink, hideOverlap: true, width: 150, overflow: "truncate" }, inverse: upright };
  const dated = chart.x === "date";
  return {
    aria: { enabled: true, label: { description: chart.title } },
    animation: false,
    textStyle: { fontFamily: "inherit", color: ink },
    grid: { left: 8, right: dated ? 96 : 24, top: 16, bottom: dated ? 56 : 8, containLabel: true },
    xAxis: upright ? value : along,
    yAxis: upright ? along : value,
    tooltip: { trigger: "axis", confine: true, valueFormatter: (v: unknown) => show(typeof v === "number" ? v : null, chart.unit, style) },
    dataZoom: dated ? [{ type: "inside" }, { type: "slider", bottom: 8, height: 24, labelFormatter: "" }] : [],
    series: chosen.series.flatMap((s, i) => {
      const colour = colours[i % colours.length] ?? ink;
      const main = drawn(s, colour, chart, i === 0 ? chosen.marks : undefined);
      return [...band(s, colour), upright ? { ...main, encode: { x: 1, y: 0 } } : main];
    }),
  };
}

/** The chart's numbers as a table, for those who rather read, and for screen readers. */
export function asTable(chart: Chart, variant: number): { columns: string[]; rows: (string | number | null)[][] } {
  const series = chart.choose?.[variant]?.series ?? chart.series ?? [];
  const columns = ["", ...series.flatMap((s) => (s.low ? [s.name, `${s.name}, from`, `${s.name}, to`] : [s.name]))];
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
