/** A heat map: one row a series, one column a category, and the more the stronger the colour. */
import { short } from "./format";
import { along, inkOn } from "./look";
import { categories, isNarrow, type Sheet, type Shown } from "./shown";

const rowHeight = 32;
const roomForText = 50;

/** From where to where the colours go: from zero, where nothing lies below. */
export function range(seen: Shown): [number, number] {
  const known = seen.series.flatMap((s) => s.y.filter((y) => y !== null));
  const low = known.reduce((least, y) => Math.min(least, y), 0);
  const high = known.reduce((most, y) => Math.max(most, y), low);
  return [low, high > low ? high : low + 1];
}

export function heightOfHeat(seen: Shown): number { return Math.max(140, rowHeight * seen.series.length + 44); }

/** The two calls of ECharts that tell where a value lies. */
export interface Places { coord(at: number[]): number[]; size(of: number[]): number[] }

interface Filled { column: number; row: number; value: number }

function cell(filled: Filled, places: Places, { seen, style, look, width }: Sheet): object {
  const [low, high] = range(seen);
  const [x = 0, y = 0] = places.coord([filled.column, filled.row]);
  const [wide = 0, tall = 0] = places.size([1, 1]);
  const gap = isNarrow(width) ? 1 : 2;
  const fill = along(look.scale, (filled.value - low) / (high - low));
  const shape = { x: x - wide / 2 + gap / 2, y: y - tall / 2 + gap / 2, width: wide - gap, height: tall - gap, r: 2 };
  const text = { x, y, text: short(filled.value, seen.unit, style), fill: inkOn(fill), align: "center", verticalAlign: "middle", fontSize: 11 };
  return {
    type: "group",
    children: [
      { type: "rect", shape, style: { fill }, emphasis: { style: { stroke: look.ink, lineWidth: 2 } } },
      ...(wide >= roomForText ? [{ type: "text", style: text, silent: true }] : []),
    ],
  };
}

function rows(sheet: Sheet, columns: (string | number)[]): object[] {
  return sheet.seen.series.map((s, row) => {
    const filled = s.y.flatMap((value, i) => (value === null ? [] : [{ column: columns.indexOf(s.x[i] ?? ""), row, value, i }]));
    return {
      type: "custom", name: s.name, encode: { x: 0, y: 1 }, data: filled.map((f) => [f.column, f.row, f.i]),
      renderItem: ({ dataIndex }: { dataIndex: number }, places: Places) => {
        const one = filled[dataIndex];
        return one ? cell(one, places, sheet) : undefined;
      },
    };
  });
}

export function heat(sheet: Sheet): object {
  const { seen, look, width } = sheet;
  const columns = categories(seen);
  const plain = { type: "category", axisTick: { show: false }, axisLine: { show: false }, splitLine: { show: false } };
  const label = { color: look.ink, hideOverlap: true };
  return {
    grid: { left: 8, right: 12, top: 4, bottom: 8, containLabel: true },
    xAxis: { ...plain, data: columns.map(String), axisLabel: label },
    yAxis: { ...plain, data: seen.series.map((s) => s.name), inverse: true,
             axisLabel: { ...label, interval: 0, width: isNarrow(width) ? 84 : 200, overflow: "truncate" } },
    series: rows(sheet, columns),
  };
}
