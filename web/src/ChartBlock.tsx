import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import { AriaComponent, DataZoomComponent, GridComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef, useState } from "preact/hooks";
import { asTable, chosen, options, palette, unitLabel } from "./chart";
import { show, type Style } from "./format";
import type { Chart } from "./model";

echarts.use([BarChart, LineChart, ScatterChart, AriaComponent, DataZoomComponent, GridComponent,
  TooltipComponent, LabelLayout, CanvasRenderer]);

const rowsShown = 400;

function Numbers({ chart, variant, style }: { chart: Chart; variant: number; style: Style }) {
  const { columns, rows } = asTable(chart, variant);
  const last = rows.slice(-rowsShown);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`${chart.title}: numbers`}>
      <table>
        <caption>{rows.length > rowsShown ? `The last ${rowsShown} of ${rows.length} rows` : `${rows.length} rows`}</caption>
        <thead><tr>{columns.map((c, i) => <th scope="col" class={i === 0 ? "" : "right"}>{c}</th>)}</tr></thead>
        <tbody>
          {last.map((row) => (
            <tr>{row.map((cell, i) => i === 0
              ? <th scope="row">{show(cell, chart.x === "date" ? "date" : "text", style)}</th>
              : <td class="right">{show(cell, chart.unit, style)}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Above the picture, so that it covers nothing: what each line is, and what is counted. */
function Legend({ chart, variant, style, dark }: { chart: Chart; variant: number; style: Style; dark: boolean }) {
  const { series, marks } = chosen(chart, variant);
  const colours = palette(dark);
  return (
    <p class="legend small">
      {unitLabel(chart, style) ? <span>{unitLabel(chart, style)}:</span> : null}
      {series.map((s, i) => (
        <span>
          <i class={s.dashed ? "key dashed" : "key"} style={{ color: colours[i % colours.length] }} aria-hidden="true" />
          {s.interval ? `${s.name}, shaded: ${s.interval} interval` : s.name}
        </span>
      ))}
      {marks.length > 0 ? <span><i class="dot" aria-hidden="true" />peak{chart.marked ? ` ${chart.marked}` : ""}</span> : null}
    </p>
  );
}

function savePicture(drawing: echarts.ECharts | null, chart: Chart, dark: boolean) {
  if (!drawing) return;
  const link = document.createElement("a");
  link.href = drawing.getDataURL({ pixelRatio: 2, backgroundColor: dark ? "#16181a" : "#ffffff" });
  link.download = `${chart.id}.png`;
  link.click();
}

/** Redraws when the choice, the size or light and dark change; drawn only once it comes into view. */
export function ChartBlock({ chart, style, dark }: { chart: Chart; style: Style; dark: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  const drawing = useRef<echarts.ECharts | null>(null);
  const [variant, setVariant] = useState(0);
  const [numbers, setNumbers] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (!element || numbers) return;
    const draw = () => {
      drawing.current ??= echarts.init(element);
      drawing.current.setOption(options(chart, variant, style, dark), true);
    };
    const resized = new ResizeObserver(() => drawing.current?.resize());
    const seen = new IntersectionObserver((entries) => {
      if (entries.some((e) => e.isIntersecting)) { draw(); seen.disconnect(); resized.observe(element); }
    }, { rootMargin: "300px" });
    seen.observe(element);
    const print = () => draw();
    window.addEventListener("beforeprint", print);
    return () => {
      seen.disconnect();
      resized.disconnect();
      window.removeEventListener("beforeprint", print);
      drawing.current?.dispose();
      drawing.current = null;
    };
  }, [chart, variant, numbers, dark]);
  const bars = chart.x === "category" ? (chart.series ?? []).reduce((n, s) => Math.max(n, s.x.length), 0) : 0;
  const height = bars > 0 ? Math.max(160, 28 * bars + 40) : 340;
  return (
    <figure id={chart.id}>
      <figcaption>{chart.title}</figcaption>
      <div class="tools">
        {chart.choose && (
          <label>Show <select value={variant} onChange={(e) => setVariant(Number(e.currentTarget.value))}>
            {chart.choose.map((c, i) => <option value={i} dir="auto">{c.name}</option>)}
          </select></label>
        )}
        <button type="button" aria-pressed={numbers} onClick={() => setNumbers(!numbers)}>{numbers ? "Picture" : "Numbers"}</button>
        {!numbers && <button type="button" onClick={() => savePicture(drawing.current, chart, dark)}>Save picture</button>}
      </div>
      {numbers
        ? <Numbers chart={chart} variant={variant} style={style} />
        : <>
            <Legend chart={chart} variant={variant} style={style} dark={dark} />
            <div ref={place} class="chart" role="img" aria-label={chart.title} style={{ height: `${height}px` }} />
          </>}
    </figure>
  );
}
