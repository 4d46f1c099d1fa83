import { useMemo, useState } from "preact/hooks";
import { isRight, show, type Style } from "./format";
import type { Column, Table } from "./model";
import { matching, sorted, type Order } from "./sort";

const pageRows = 25;

function Head({ column, index, order, onSort }:
  { column: Column; index: number; order: Order | null; onSort: (index: number) => void }) {
  const mine = order?.column === index;
  const sort = mine ? (order.down ? "descending" : "ascending") : "none";
  return (
    <th scope="col" aria-sort={sort} class={isRight(column.format) ? "right" : ""}>
      <button type="button" onClick={() => onSort(index)}>
        {column.label}<span aria-hidden="true">{mine ? (order.down ? " ↓" : " ↑") : ""}</span>
      </button>
    </th>
  );
}

function next(order: Order | null, column: number): Order {
  return order?.column === column ? { column, down: !order.down } : { column, down: true };
}

export function TableBlock({ table, style }: { table: Table; style: Style }) {
  const [order, setOrder] = useState<Order | null>(null);
  const [words, setWords] = useState("");
  const [shown, setShown] = useState(pageRows);
  const rows = useMemo(() => sorted(matching(table.rows, words), order), [table, words, order]);
  const total = table.total ?? table.rows.length;
  return (
    <section class="table" id={table.id}>
      <h3>{table.title}</h3>
      {table.rows.length > 8 && (
        <div class="tools">
          <label>Search <input type="search" value={words} onInput={(e) => setWords(e.currentTarget.value)} /></label>
        </div>
      )}
      <div class="scroll" tabIndex={0} role="region" aria-label={table.title}>
        <table>
          <thead><tr>{table.columns.map((c, i) =>
            <Head column={c} index={i} order={order} onSort={(k) => setOrder(next(order, k))} />)}</tr></thead>
          <tbody>
            {rows.slice(0, shown).map((row) => (
              <tr>{table.columns.map((c, i) =>
                <td class={isRight(c.format) ? "right" : ""}>{show(row[i] ?? null, c.format, style)}</td>)}</tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="small">
        {rows.length === 0 ? "No rows." : `${Math.min(shown, rows.length)} of ${rows.length} rows`}
        {total > table.rows.length ? `; the whole table has ${show(total, "integer", style)}` : ""}
        {table.file ? <> in <a href={table.file}>{table.file}</a></> : null}
        {rows.length > shown && <> <button type="button" onClick={() => setShown(shown + 100)}>Show more</button></>}
      </p>
    </section>
  );
}
