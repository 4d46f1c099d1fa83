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

/** What one point of a chart of dates covers. */
export type Grain = "day" | "week" | "month" | "quarter" | "year";

/**
 * heat: one series a row, from the top; x are the columns, y the values.
 * floating: bars from low to high over the categories x; y is the figure written at the bar. A series named "change" holds
 * changes, up or down; in another series a bar from or to zero is a total.
 * whisker: a dot at y, a line from low to high.
 */
export type Kind = "line" | "bar" | "points" | "heat" | "floating" | "whisker";

export interface Series {
  name: string;
  kind: Kind;
  dashed?: boolean;
  x: (string | number)[];
  y: (number | null)[];
  low?: (number | null)[];
  high?: (number | null)[];
  interval?: string;
  /** A name for each point. */
  label?: string[];
}

export interface Mark {
  x: string | number;
  label: string;
  detail?: string;
  /** A sentence may tell of it: it is in sight at first, unless it was too long ago. */
  told?: boolean;
}

/** One of several of a chart; its unit and finding override the chart's. */
export interface Variant {
  name: string;
  unit?: Format | string;
  finding?: string | null;
  series: Series[];
  marks?: Mark[];
}

export interface Chart {
  type: "chart";
  id: string;
  title: string;
  /** A sentence under the title: what is to be seen. */
  finding?: string | null;
  unit: Format | string;
  x: "date" | "category" | "number";
  /** Default: the report's period. */
  grain?: Grain;
  /** The horizontal axis of a chart over numbers. */
  along?: { label: string; unit: Format | string };
  /** What the upright axis of a chart over numbers is called. */
  up?: string;
  /** Both axes are logarithmic; values of 0 and less are left out, and their number told. */
  log?: boolean;
  stacked?: boolean;
  series?: Series[];
  marks?: Mark[];
  /** In what the marks are peaks, where the line counts something else. */
  marked?: string;
  choose?: Variant[];
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
  /** A sentence under the title. */
  finding?: string | null;
  columns: Column[];
  rows: Cell[][];
  total?: number | null;
  file?: string | null;
}

/** A measure of a period, beside the one before and a year before. */
export interface Compared {
  label: string;
  format: Format;
  now: number | null;
  before: number | null;
  year_before: number | null;
}

/** One of the whole periods of a grain; `before` and `year_before` are the names of what it is compared with. */
export interface Period {
  name: string;
  grain: Grain;
  first: string;
  before?: string;
  year_before?: string;
  finding?: string | null;
  items: Compared[];
}

/** The last ones of each grain, newest first. */
export interface Periods { type: "periods"; id: string; title: string; choose: Period[]; }

export interface Figures { type: "figures"; items: Figure[]; }
export interface Text { type: "text"; text: string; }
export interface Notes { type: "notes"; title?: string; items: string[]; }
export type Block = Figures | Text | Notes | Chart | Table | Periods;

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
