/** Each kind of chart of tests/charts.json: what is drawn, what the table of numbers holds, what is said in words. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { heightOf, options } from "../src/chart";
import { signed, stretch } from "../src/format";
import { range } from "../src/heat";
import { keysOf } from "../src/legend";
import { along, inkOn, look } from "../src/look";
import type { Chart } from "../src/model";
import { asTable } from "../src/numbers";
import { round125 } from "../src/plane";
import { cutAt, folded } from "../src/rows";
import { shown, spoken, unitLabel } from "../src/shown";
import { tipOfPlace, tipOfPoint, written } from "../src/tip";

const pounds = { locale: "en-GB", currency: "GBP", period: "day" as const };
const charts = JSON.parse(readFileSync(new URL("../../tests/charts.json", import.meta.url), "utf8")) as Chart[];

function named(id: string): Chart {
  const found = charts.find((c) => c.id === id);
  if (!found) throw new Error(`no chart ${id}`);
  return found;
}

interface Drawn { type: string; name: string; data: unknown[]; color?: string; stack?: string; renderItem?: (p: object, api: object) => unknown; label?: object }
interface Options { series: Drawn[]; xAxis: Record<string, unknown>; yAxis: Record<string, unknown>; tooltip: { trigger: string }; dataZoom?: unknown[] }

const drawn = (id: string, variant = 0, dark = false, width = 1000) => options(named(id), variant, pounds, dark, width) as unknown as Options;
const seen = (id: string, variant = 0) => shown(named(id), variant, pounds);

/** What a custom series draws for its points: one unit is 10 pixels along and 20 down. */
const places = { coord: ([x, y]: number[]) => [10 * (x ?? 0), 20 * (y ?? 0)], size: () => [60, 20] };
interface Part { type: string; shape?: Record<string, number>; style: Record<string, unknown> }
function parts(series: Drawn | undefined): Part[] {
  return (series?.data ?? []).flatMap((_, dataIndex) => (series?.renderItem?.({ dataIndex }, places) as { children: Part[] }).children);
}
const texts = (series: Drawn | undefined) => parts(series).filter((p) => p.type === "text").map((p) => p.style.text);

test("a heat map has a cell for each known value, from pale to dark, and blanks where nothing is known", () => {
  const { series, xAxis, yAxis, tooltip } = drawn("hours");
  expect(series.map((s) => s.name)).toEqual(yAxis.data);
  expect([xAxis.data, yAxis.inverse, tooltip.trigger]).toEqual([named("hours").choose?.[0]?.series[0]?.x, true, "item"]);
  const sunday = named("hours").choose?.[0]?.series[6];
  expect(series[6]?.data.length).toBe(sunday?.y.filter((y) => y !== null).length);
  const all = seen("hours").series.flatMap((s) => s.y.filter((y): y is number => y !== null));
  expect(range(seen("hours"))).toEqual([0, Math.max(...all)]);
  const fills = parts(series[0]).filter((p) => p.type === "rect").map((p) => p.style.fill);
  expect(fills[0]).toBe(look(false).scale[0]?.toLowerCase());
  expect(texts(series[0])).toHaveLength(fills.length); // cells of 60 pixels have room for figures
});

test("a cell with a name shows it above its figure where it has room, and every column has its name", () => {
  const wide = { coord: ([x, y]: number[]) => [120 * (x ?? 0), 46 * (y ?? 0)], size: () => [120, 46] };
  const first = (drawn("segments").series[0]?.renderItem?.({ dataIndex: 0 }, wide) as { children: Part[] }).children;
  expect(first.filter((p) => p.type === "text").map((p) => p.style.text)).toEqual(["Cannot lose them", "14"]);
  expect(texts(drawn("segments").series[0])).toEqual(["14", "58", "196", "337", "565"]); // of 60 pixels
  expect(drawn("segments").xAxis.axisLabel).toMatchObject({ interval: 0, hideOverlap: false, overflow: "break" });
  expect(heightOf(seen("segments"))).toBeGreaterThan(heightOf({ ...seen("segments"), series: seen("segments").series.map(({ label, ...s }) => s) }));
  expect(tipOfPoint(seen("segments").series[2]!, 0, seen("segments"), pounds)[1]).toEqual(["510", "Lost"]);
});

test("cells too narrow for the longest figure show none", () => {
  const narrow = { coord: () => [0, 0], size: () => [24, 32] };
  const figures = (named: string) => drawn(named).series.flatMap((s) => s.data.map((_, dataIndex) => (s.renderItem?.({ dataIndex }, narrow) as { children: Part[] }).children.length));
  expect(new Set(figures("segments"))).toEqual(new Set([1])); // 14 would have room, 565 has none
});

test("in each look more stands out more from the page, and figures can be read on every colour", () => {
  const light = (hex: string) => [1, 3, 5].reduce((sum, at) => sum + parseInt(hex.slice(at, at + 2), 16), 0);
  for (const dark of [false, true]) {
    const { scale, page } = look(dark);
    const far = [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => Math.abs(light(along(scale, share)) - light(page)));
    expect(far).toEqual([...far].sort((a, b) => a - b));
    expect(far[0]).toBeGreaterThan(25);
  }
  expect([inkOn("#E4EFF8"), inkOn("#062F5E")]).toEqual(["#111111", "#ffffff"]);
});

test("a variant has its own unit and finding, else the chart's", () => {
  expect([seen("hours").unit, seen("hours", 1).unit]).toEqual(["money", "units"]);
  expect(seen("hours", 1).finding).toBe("In pieces, too, Saturday afternoon is the busiest.");
  expect(spoken(seen("hours"))).toBe(`When customers buy. ${named("hours").finding}`);
  expect(spoken(seen("mixed"))).toBe("Sold and returned by channel");
});

test("a heat map tells row, column and value; its numbers have a row for each column", () => {
  const s = seen("hours");
  const saturday = s.series[5];
  expect(saturday && tipOfPoint(saturday, 3, s, pounds)).toEqual(["Saturday, 10:00", [expect.stringMatching(/^£/), ""]]);
  const { columns, rows } = asTable(named("hours"), 0, pounds);
  expect(columns).toEqual(["", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]);
  expect(rows.map((r) => r[0])).toEqual(saturday?.x);
  expect(rows[0]?.[7]).toBeNull();
});

test("a waterfall goes from before to now: totals are grey, gains and losses have each a colour and their sign", () => {
  const { series, yAxis } = drawn("why");
  expect(yAxis.data).toEqual(["Before: 2023", "Price", "Quantity", "New products", "Products no longer sold", "Returns", "Now: 2024"]);
  const { neutral, colours } = look(false);
  const fills = series.map((s) => parts(s).filter((p) => p.type === "rect").map((p) => p.style.fill));
  expect(fills).toEqual([[neutral], [colours[0], colours[1], colours[0], colours[1], colours[1]], [neutral]]);
  expect(texts(series[1])).toEqual(["+£3,121", "-£8,240", "+£11,850", "-£4,411", "-£120.00"]);
  expect(texts(series[0])).toEqual(["£48,000"]);
  expect(keysOf(seen("why"), pounds, look(false)).map((k) => k.text)).toEqual(["GBP:", "more", "less", "total, shown from £30k on"]);
});

test("the axis of a waterfall begins at zero, unless the changes were slivers on long bars", () => {
  const bars = (total: number, low: number, high: number) => ({ ...seen("why"), series: [
    { name: "before", kind: "floating" as const, x: ["a"], y: [total], low: [0], high: [total] },
    { name: "change", kind: "floating" as const, x: ["b"], y: [high - low], low: [low], high: [high] }] });
  expect([cutAt(bars(100, 100, 101)), cutAt(bars(100, 100, 180)), cutAt(bars(100, -5, 100)), cutAt(bars(100, 100, 100))]).toEqual([99, 0, 0, 0]);
  expect([drawn("why").xAxis.min, drawn("growth").xAxis.min, drawn("holidays").xAxis.min]).toEqual([30000, undefined, undefined]);
});

test("thin lines of a waterfall lead from where a bar ends to the next one", () => {
  const ends = drawn("why").series.flatMap((s) => parts(s).filter((p) => p.type === "line" && p.shape?.x1 === p.shape?.x2).map((p) => p.shape?.x1));
  expect(ends.map((x) => Math.round((x ?? 0) / 10))).toEqual([48000, 51121, 42881, 54731, 50320, 50200]);
});

test("the numbers of a waterfall are one row a bar", () => {
  expect(asTable(named("why"), 0, pounds)).toEqual({
    columns: ["", "figure", "from", "to"], formats: ["text", "money", "money", "money"],
    rows: expect.arrayContaining([["Before: 2023", 48000, 0, 48000], ["Quantity", -8240, 42880.5, 51120.5]]),
  });
});

test("a dot with a whisker shows value, interval and what is written beside it", () => {
  const { series, tooltip } = drawn("holidays");
  expect(tooltip.trigger).toBe("axis");
  expect(series[0]?.data).toHaveLength(9);
  expect(texts(series[0]).slice(0, 2)).toEqual(["142%", "61%"]);
  const eve = parts(series[0]).slice(0, 2);
  expect([eve[0]?.type, eve[0]?.shape?.x1, eve[1]?.shape?.cx].map((v) => (typeof v === "number" ? Math.round(10 * v) : v))).toEqual(["line", 132, 142]);
  expect(tipOfPlace("Good Friday", seen("holidays"), pounds)).toEqual(
    ["Good Friday", ["effect 61%", "90 % between 48% and 76%", "next: 18 Apr 2025"]]);
  expect(asTable(named("holidays"), 0, pounds).columns).toEqual(["", "effect", "effect, low", "effect, high", "note"]);
});

test("on logarithmic axes what is not above zero is left out, and its number told", () => {
  const { series, xAxis, yAxis, tooltip } = drawn("spread");
  expect([xAxis.type, yAxis.type, xAxis.name, tooltip.trigger]).toEqual(["log", "log", "pieces", "item"]);
  expect(series.map((s) => s.data.length)).toEqual([18, 9]);
  const keys = keysOf(seen("spread"), pounds, look(false)).map((k) => k.text);
  expect(keys).toEqual(["revenue:", "steady", "now and then", "not shown, as 0 or less: 3"]);
});

test("an axis ends close to what it shows, and with the whole where shares come near it", () => {
  const { xAxis, yAxis } = drawn("spread");
  expect([xAxis.min, xAxis.max, yAxis.min, yAxis.max]).toEqual([1, 1000, 2, 10000]);
  expect([round125(3, false), round125(3, true), round125(0.04, true), round125(100, true), round125(100, false)]).toEqual([2, 5, 0.05, 100, 100]);
  expect([drawn("concentration").xAxis.max, drawn("concentration").yAxis.max]).toEqual([1, 1]);
});

test("a dot tells its name, and the names come first in the table", () => {
  const s = seen("spread");
  const [x, y] = [s.series[1]?.x[4], s.series[1]?.y[4]];
  const [head, lines] = tipOfPoint(s.series[1]!, 4, s, pounds);
  expect([head, lines[0], lines[1]?.startsWith("pieces "), lines[2]?.startsWith("revenue £")]).toEqual(["Lamp <b> 5", "now and then", true, true]);
  const { columns, formats, rows } = asTable(named("spread"), 0, pounds);
  expect([columns, formats]).toEqual([["name", "group", "pieces", "revenue"], ["text", "text", "number", "money"]]);
  expect(rows).toHaveLength(30);
  expect(rows[22]).toEqual(["Lamp <b> 5", "now and then", x, y]);
});

test("many dots are small and half-transparent", () => {
  const many = { ...named("spread"), series: [{ name: "all", kind: "points" as const, x: Array.from({ length: 2000 }, (_, i) => i + 1), y: Array(2000).fill(3) }] };
  const { series } = options(many, 0, pounds, false) as unknown as { series: { symbolSize: number; itemStyle: { opacity: number } }[] };
  expect([series[0]?.symbolSize, series[0]?.itemStyle.opacity]).toEqual([5, 0.5]);
});

test("bars of categories have their figures at the ends, on the side to which they point; forty have none", () => {
  interface Bar { value: [number, number]; label: { show: boolean; position: string; formatter: () => string } }
  const bars = drawn("growth").series[0]?.data as Bar[];
  expect(bars.map((b) => b.label.position)).toEqual(["right", "right", "right", "right", "left", "left"]);
  expect(bars.map((b) => b.label.formatter())).toEqual(["48%", "21%", "12%", "0.4%", "-8%", "-26%"]);
  expect(drawn("best").series[0]?.data.every((b) => !(b as Bar).label.show)).toBe(true);
  expect(heightOf(seen("best"))).toBeGreaterThan(40 * 20);
});

test("of a few bars beside each other each has its figure", () => {
  const two = { ...named("mixed"), stacked: false };
  const labels = (options(two, 0, pounds, false) as unknown as Options).series.flatMap((s) => s.data.map((d) => (d as { label: { show: boolean } }).label.show));
  expect(labels).toEqual(Array(6).fill(true));
  expect(drawn("mixed").series.flatMap((s) => s.data.map((d) => (d as { label: { show: boolean } }).label.show))).toEqual(Array(6).fill(false));
});

test("several series of bars stand beside each other or, where they add up, on each other", () => {
  expect(drawn("mixed").series.map((s) => [s.type, s.stack])).toEqual([["bar", "all"], ["bar", "all"]]);
});

test("lines over numbers: both axes have names and units, and a mark stands on its line", () => {
  const { series, xAxis } = drawn("concentration");
  expect([xAxis.type, xAxis.name]).toEqual(["value", "share of products"]);
  expect((xAxis.axisLabel as { formatter: (v: number) => string }).formatter(0.2)).toBe("20%");
  expect(series.map((s) => s.name)).toEqual(["revenue", "if all sold alike", "peak"]);
  expect(tipOfPlace(0.2, seen("concentration"), pounds)[0]).toBe("share of products 20%");
  expect(unitLabel(seen("concentration"), pounds)).toBe("share of revenue");
  expect(keysOf(seen("concentration"), pounds, look(false)).map((k) => k.shape)).toEqual(["none", "line", "dashed"]);
  expect(asTable(named("concentration"), 0, pounds).columns[0]).toBe("share of products");
});

test("a chart of months, quarters or weeks says so in its unit, its tip and its table", () => {
  expect(unitLabel(seen("years"), pounds)).toBe("GBP a month");
  expect(tipOfPlace("2022-11-01", seen("years"), pounds)[0]).toBe("Nov 2022");
  expect([asTable(named("years"), 0, pounds).columns[0], asTable(named("quarters"), 0, pounds).columns[0]]).toEqual(["month", "quarter"]);
  expect(["day", "week", "month", "quarter", "year"].map((g) => stretch("2024-04-01", g as "day", pounds)))
    .toEqual(["1 Apr 2024", "week from 1 Apr 2024", "Apr 2024", "Q2 2024", "2024"]);
  expect(drawn("years").dataZoom).toEqual([]); // few enough to be seen at once
});

/** 1,000 days until 26 Sep 2023, with the peak that is told so many days before their end. */
function days(ago: number): Chart {
  const x = Array.from({ length: 1000 }, (_, i) => new Date(Date.UTC(2021, 0, 1 + i)).toISOString().slice(0, 10));
  const marks = [{ x: x[1000 - ago]!, label: "3.6×", told: true }, { x: x[2]!, label: "3.5×" }, { x: x[900]!, label: "2.2×", told: false }];
  return { type: "chart", id: "days", title: "Days", unit: "money", x: "date", marked: "in pieces", marks, series: [{ name: "sold", kind: "line", x, y: x.map(() => 1) }] };
}

test("the peak that a sentence tells is in sight at first, and where that was too long ago the legend says so", () => {
  const zooms = (ago: number) => (options(days(ago), 0, pounds, false) as unknown as { dataZoom: { startValue: string }[] }).dataZoom.map((z) => z.startValue);
  const legend = (ago: number) => keysOf(shown(days(ago), 0, pounds), pounds, look(false)).at(-1)?.text;
  const place = (n: number) => days(1).series?.[0]?.x[n];
  expect(zooms(100)).toEqual([place(818), place(818)]);
  expect(zooms(340)).toEqual([place(660 - 15), place(660 - 15)]);
  expect(zooms(728)).toEqual([place(272 - 15), place(272 - 15)]);
  expect(zooms(729)).toEqual([place(818), place(818)]);
  expect([legend(100), legend(728)]).toEqual(["peak in pieces", "peak in pieces"]);
  expect(legend(729)).toBe("peak in pieces; that of 29 Sept 2021 (3.6×) is before what is seen at first");
});

test("only a change is written with its sign", () => {
  expect([signed(3, "units", pounds), signed(-3, "units", pounds), signed(0, "units", pounds)]).toEqual(["+3", "-3", "0"]);
  const s = seen("why");
  expect(s.series.map((one) => written(one, 0, s, pounds))).toEqual(["£48,000", "+£3,121", "£50,200"]);
});

test("every chart can be drawn light and dark, wide and narrow, and its table has a cell for each column", () => {
  for (const chart of charts) {
    for (const width of [360, 1000]) for (const dark of [false, true]) expect(drawn(chart.id, 0, dark, width).series.length).toBeGreaterThan(0);
    const { columns, formats, rows } = asTable(chart, 0, pounds);
    expect(formats).toHaveLength(columns.length);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toHaveLength(columns.length);
  }
});

test("a long name stands in two lines, and what is longer still is cut", () => {
  expect(folded("Kitchen", 17, 2)).toBe("Kitchen");
  expect(folded("Products no longer sold", 17, 2)).toBe("Products no\nlonger sold");
  expect(folded("Day of German Unity and the long weekend", 17, 2)).toBe("Day of German\nUnity and the lo…");
  expect(folded("Products no longer sold", 17, 1)).toBe("Products no long…");
  expect(folded("x".repeat(30), 17, 2)).toBe(`${"x".repeat(16)}…`);
});
