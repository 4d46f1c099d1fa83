/** The report's document model: pages of blocks, written by the C side, shown as they are. */

export type Format = "text" | "integer" | "number" | "money" | "share" | "times" | "date" | "bool";
export type Cell = string | number | boolean | null;

export interface Meta {
  name: string;
  currency: string;
  country: string;
  created: string;
  version: string;
  period: "day" | "week" | "month";
  first_day: string | null;
  last_day: string | null;
  first_weekday: number;
}

export interface Figure {
  label: string;
  value: number | string | null;
  format: Format;
  note?: string | null;
}

export interface Series {
  name: string;
  kind: "line" | "bar" | "points";
  dashed?: boolean;
  x: (string | number)[];
  y: (number | null)[];
  low?: (number | null)[];
  high?: (number | null)[];
  interval?: string;
}

export interface Mark {
  x: string | number;
  label: string;
  detail?: string;
}

export interface Chart {
  type: "chart";
  id: string;
  title: string;
  unit: Format | string;
  x: "date" | "category" | "number";
  stacked?: boolean;
  series?: Series[];
  marks?: Mark[];
  /** In what the marks are peaks, where the line counts something else. */
  marked?: string;
  choose?: { name: string; series: Series[]; marks?: Mark[] }[];
}

export interface Column {
  name: string;
  label: string;
  format: Format;
}

export interface Table {
  type: "table";
  id: string;
  title: string;
  columns: Column[];
  rows: Cell[][];
  total?: number | null;
  file?: string | null;
}

export interface Figures { type: "figures"; items: Figure[]; }
export interface Text { type: "text"; text: string; }
export interface Notes { type: "notes"; title?: string; items: string[]; }
export type Block = Figures | Text | Notes | Chart | Table;

export interface Page {
  id: string;
  title: string;
  intro?: string | null;
  blocks: Block[];
}

export interface Report {
  meta: Meta;
  headlines: { text: string; page?: string | null }[];
  pages: Page[];
}
