/** A heat map: one row a series, one column a category, and the more the stronger the colour. A cell with a name shows it above its figure. */
import { short } from "./format";
import { along, inkOn } from "./look";
import { categories, isNarrow, type Sheet, type Shown } from "./shown";

const rowHeight = 32;
const rowHeightWithNames = 46;
const roomForName = 76;
const letter = 6; /* the width of a digit in a cell */
const roomForColumnName = 44; /* of narrower columns every name that has room stands on one line */

/** The room for the names of rows, in pixels. */
const names = 200;
const narrowNames = 96;

/** From where to where the colours go: from zero, where nothing lies below. */
export function range(seen: Shown): [number, number] {
  const known = seen.series.flatMap((s) => s.y.filter((y) => y !== null));
  const low = known.reduce((least, y) => Math.min(least, y), 0);
  const high = known.reduce((most, y) => Math.max(most, y), low);
  return [low, high > low ? high : low + 1];
}

export function heightOfHeat(seen: Shown): number {
  const row = seen.series.some((s) => s.label) ? rowHeightWithNames : rowHeight;
  return Math.max(140, row * seen.series.length + 44);
}

/** The two calls of ECharts that tell where a value lies. */
export interface Places { coord(at: number[]): number[]; size(of: number[]): number[] }

interface Filled { column: number; row: number; value: number; name: string }

/** How many letters the longest figure has: in cells too narrow for it none is written. */
function longest({ seen, style }: Sheet): number {
  const lengths = seen.series.flatMap((s) => s.y.map((y) => (y === null ? 0 : short(y, seen.unit, style).length)));
  return lengths.reduce((most, length) => Math.max(most, length), 0);
}

function cell(filled: Filled, places: Places, { seen, style, look, width }: Sheet, letters: number): object {
  const [low, high] = range(seen);
  const [x = 0, y = 0] = places.coord([filled.column, filled.row]);
  const [wide = 0, tall = 0] = places.size([1, 1]);
  const gap = isNarrow(width) ? 1 : 2;
  const fill = along(look.scale, (filled.value - low) / (high - low));
  const shape = { x: x - wide / 2 + gap / 2, y: y - tall / 2 + gap / 2, width: wide - gap, height: tall - gap, r: 2 };
  const written = short(filled.value, seen.unit, style);
  const named = filled.name !== "" && wide >= roomForName;
  const text = { x, align: "center", verticalAlign: "middle", fontSize: 11, fill: inkOn(fill) };
  const figure = { ...text, y: named ? y + 8 : y, text: written };
  const name = { ...text, y: y - 8, text: filled.name, fontWeight: 600, width: wide - gap - 6, overflow: "truncate" };
  return {
    type: "group",
    children: [
      { type: "rect", shape, style: { fill }, emphasis: { style: { stroke: look.ink, lineWidth: 2 } } },
      ...(named ? [{ type: "text", style: name, silent: true }] : []),
      ...(wide - gap >= letter * (letters + 1) ? [{ type: "text", style: figure, silent: true }] : []),
    ],
  };
}

function rows(sheet: Sheet, columns: (string | number)[]): object[] {
  const letters = longest(sheet);
  return sheet.seen.series.map((s, row) => {
    const filled = s.y.flatMap((value, i) => (value === null ? [] : [{ column: columns.indexOf(s.x[i] ?? ""), row, value, name: s.label?.[i] ?? "", i }]));
    return {
      type: "custom", name: s.name, encode: { x: 0, y: 1 }, data: filled.map((f) => [f.column, f.row, f.i]),
      renderItem: ({ dataIndex }: { dataIndex: number }, places: Places) => {
        const one = filled[dataIndex];
        return one ? cell(one, places, sheet, letters) : undefined;
      },
    };
  });
}

export function heat(sheet: Sheet): object {
  const { seen, look, width } = sheet;
  const columns = categories(seen);
  const plain = { type: "category", axisTick: { show: false }, axisLine: { show: false }, splitLine: { show: false } };
  const label = { color: look.ink, hideOverlap: true };
  const besideNames = width - (isNarrow(width) ? narrowNames : names) - 20;
  const room = Math.floor(besideNames / Math.max(1, columns.length)) - 4;
  const above = room >= roomForColumnName ? { interval: 0, hideOverlap: false, width: room, overflow: "break", lineHeight: 14 } : {};
  return {
    grid: { left: 8, right: 12, top: 4, bottom: 8, containLabel: true },
    xAxis: { ...plain, data: columns.map(String), axisLabel: { ...label, ...above } },
    yAxis: { ...plain, data: seen.series.map((s) => s.name), inverse: true,
             axisLabel: { ...label, interval: 0, lineHeight: 14,
                          ...(isNarrow(width) ? { width: narrowNames, overflow: "break" } : { width: names, overflow: "truncate" }) } },
    series: rows(sheet, columns),
  };
}
