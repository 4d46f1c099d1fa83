/** Sorting and searching of table rows. Missing cells come last, whichever way one sorts. */
import type { Cell } from "./model";

export interface Order { column: number; down: boolean; }

function compare(a: Cell, b: Cell): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

export function sorted(rows: Cell[][], order: Order | null): Cell[][] {
  if (!order) return rows;
  const { column, down } = order;
  return [...rows].sort((p, q) => {
    const a = p[column] ?? null;
    const b = q[column] ?? null;
    if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0);
    return down ? compare(b, a) : compare(a, b);
  });
}

export function matching(rows: Cell[][], words: string): Cell[][] {
  const wanted = words.toLowerCase().split(/\s+/).filter((w) => w !== "");
  if (wanted.length === 0) return rows;
  return rows.filter((row) => {
    const text = row.map((cell) => String(cell ?? "")).join(" ").toLowerCase();
    return wanted.every((w) => text.includes(w));
  });
}
