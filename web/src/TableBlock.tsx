import { useLayoutEffect, useMemo, useState } from "preact/hooks";
import { isRight, show, whole, type Style } from "./format";
import type { Cell, Column, Table } from "./model";
import type { Place } from "./search";
import { matching, sorted, type Order } from "./sort";

const pageRows = 25;
const narrowRows = 10; /* of a table that stands beside another */

/** Few columns: two such tables have room beside each other. */
export function isNarrow(table: Table): boolean { return table.columns.length <= 4; }

/** "20 of 240 rows; all are in csv/x.csv" */
export function told(shown: number, found: number, total: number, held: number, file: boolean, style: Style): string {
  const n = (value: number) => whole(value, style);
  if (found === 0) return "No rows.";
  if (found < held) return `${n(Math.min(shown, found))} of the ${n(found)} rows that match`;
  if (shown >= total) return total === 1 ? "1 row" : `${n(total)} rows`;
  return `${n(Math.min(shown, found))} of ${n(total)} rows${file ? "; all are in " : ""}`;
}

/** A column in which nothing is known is left out: its place in the rows, and how its cells are set. */
interface Shown { column: Column; at: number; look: string }

export function shownColumns(table: Table): Shown[] {
  const known = (cell: Cell | undefined) => cell !== null && cell !== undefined && cell !== "";
  return table.columns.flatMap((column, at) => {
    const cells = table.rows.map((row) => row[at]).filter(known);
    if (cells.length === 0) return [];
    const long = cells.some((cell) => typeof cell === "string" && cell.length > 14);
    return [{ column, at, look: isRight(column.format) ? "right" : long && column.format === "text" ? "long" : "short" }];
  });
}

function Head({ column, index, order, onSort }:
  { column: Column; index: number; order: Order | null; onSort: (index: number) => void }) {
  const mine = order?.column === index;
  const sort = mine ? (order.down ? "descending" : "ascending") : "none";
  return (
    <th scope="col" aria-sort={sort} class={isRight(column.format) ? "right" : undefined}>
      <button type="button" onClick={() => onSort(index)}>
        {column.label}<span aria-hidden="true">{mine ? (order.down ? " ↓" : " ↑") : ""}</span>
      </button>
    </th>
  );
}

function next(order: Order | null, column: number): Order {
  return order?.column === column ? { column, down: !order.down } : { column, down: true };
}

/** Of rows far down the others are left out by the words of their first text; so many rows are shown that it is among them. */
export function toShow(table: Table, row: number): { words: string; rows: number } {
  const found = table.rows[row] ?? [];
  const text = found.find((cell): cell is string => typeof cell === "string" && cell !== "") ?? "";
  const words = table.rows.length > pageRows && row >= pageRows ? text : "";
  return { words, rows: Math.max(isNarrow(table) ? narrowRows : pageRows, matching(table.rows, words).indexOf(found) + 1) };
}

export function TableBlock({ table, style, opened }: { table: Table; style: Style; opened: Place | null }) {
  const [order, setOrder] = useState<Order | null>(null);
  const [words, setWords] = useState("");
  const [shown, setShown] = useState(isNarrow(table) ? narrowRows : pageRows);
  useLayoutEffect(() => {
    if (opened?.row === undefined) return;
    const { words: only, rows: enough } = toShow(table, opened.row);
    setOrder(null);
    setWords(only);
    setShown(enough);
  }, [opened]);
  const found = opened?.row === undefined ? null : table.rows[opened.row];
  const rows = useMemo(() => sorted(matching(table.rows, words), order), [table, words, order]);
  const columns = useMemo(() => shownColumns(table), [table]);
  const total = table.total ?? table.rows.length;
  return (
    <section class={isNarrow(table) ? "table narrow" : "table"} id={table.id}>
      <h3>{table.title}</h3>
      {table.finding ? <p class="finding">{table.finding}</p> : null}
      {table.rows.length > pageRows && (
        <div class="tools">
          <label>Search <input type="search" value={words} onInput={(e) => setWords(e.currentTarget.value)} /></label>
        </div>
      )}
      <div class="scroll" tabIndex={0} role="region" aria-label={table.title}>
        <table>
          <thead><tr>{columns.map(({ column, at }) =>
            <Head column={column} index={at} order={order} onSort={(k) => setOrder(next(order, k))} />)}</tr></thead>
          <tbody>
            {rows.slice(0, shown).map((row) => (
              <tr class={row === found ? "found" : undefined}>{columns.map(({ column, at, look }) =>
                <td class={look} dir={column.format === "text" ? "auto" : undefined}>{show(row[at] ?? null, column.format, style)}</td>)}</tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="small">
        {told(shown, rows.length, total, table.rows.length, Boolean(table.file), style)}
        {table.file && shown < total && rows.length === table.rows.length ? <a href={table.file}>{table.file}</a> : null}
        {rows.length > shown && <> <button type="button" onClick={() => setShown(shown + 100)}>Show more</button></>}
      </p>
    </section>
  );
}
