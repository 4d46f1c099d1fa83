import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { AriaComponent, DataZoomComponent, GridComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef, useState } from "preact/hooks";
import { heightOf, options } from "./chart";
import { date, isRight, show, stretch, type Style } from "./format";
import { keysOf, type Key } from "./legend";
import { look } from "./look";
import type { Cell, Chart, Format } from "./model";
import { asTable } from "./numbers";
import { withWords } from "./picture";
import type { Place } from "./search";
import { isNarrow, isScatter, shown, spoken, type Shown } from "./shown";

echarts.use([BarChart, CustomChart, LineChart, ScatterChart, AriaComponent, DataZoomComponent, GridComponent,
  TooltipComponent, LabelLayout, CanvasRenderer]);

const rowsShown = 400;
const dense = 2; // pixels of a saved picture for each of the page's

function cellText(cell: Cell, format: Format | string, seen: Shown, style: Style): string {
  if (format !== "date" || cell === null) return show(cell, format, style);
  return seen.grain === "week" ? date(String(cell), style) : stretch(String(cell), seen.grain, style);
}

/** Of many dots the first rows, for they are in order; else the last, which are the latest. */
function Numbers({ chart, variant, style }: { chart: Chart; variant: number; style: Style }) {
  const { columns, formats, rows } = asTable(chart, variant, style);
  const seen = shown(chart, variant, style);
  const part = isScatter(seen) ? rows.slice(0, rowsShown) : rows.slice(-rowsShown);
  const which = isScatter(seen) ? "first" : "last";
  const side = (i: number) => (i > 0 && (isRight(formats[i] as Format) || formats[i] === "units") ? "right" : "");
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`${chart.title}: numbers`}>
      <table>
        <caption>{rows.length > rowsShown ? `The ${which} ${rowsShown} of ${rows.length} rows` : `${rows.length} rows`}</caption>
        <thead><tr>{columns.map((c, i) => (c ? <th scope="col" class={side(i)}>{c}</th> : <td class={side(i)} />))}</tr></thead>
        <tbody>
          {part.map((row) => (
            <tr>{row.map((cell, i) => i === 0
              ? <th scope="row" dir="auto">{cellText(cell, formats[i] ?? "text", seen, style)}</th>
              : <td class={side(i)} dir={side(i) ? undefined : "auto"}>{cellText(cell, formats[i] ?? "text", seen, style)}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function KeyView({ one }: { one: Key }) {
  const { shape, text, end, colours } = one;
  if (shape === "none") return <span>{text}</span>;
  if (shape === "scale") {
    const shades = { background: `linear-gradient(to right, ${colours.join(", ")})` };
    return <span>{text}<i class="scale" style={shades} aria-hidden="true" />{end}</span>;
  }
  return <span><i class={`key ${shape}`} style={{ color: colours[0] }} aria-hidden="true" />{text}</span>;
}

function savePicture(drawing: echarts.ECharts | null, seen: Shown, style: Style, dark: boolean) {
  if (!drawing) return;
  const colours = look(dark);
  const drawn = drawing.renderToCanvas({ pixelRatio: dense, backgroundColor: colours.page });
  const link = document.createElement("a");
  link.href = withWords(drawn, dense, seen.title, seen.finding ?? "", keysOf(seen, style, colours), colours).toDataURL("image/png");
  link.download = `${seen.id}.png`;
  link.click();
}

/** Redraws when the choice, the size or light and dark change; drawn only once it comes into view. */
export function ChartBlock({ chart, style, dark, opened }: { chart: Chart; style: Style; dark: boolean; opened: Place | null }) {
  const place = useRef<HTMLDivElement>(null);
  const drawing = useRef<echarts.ECharts | null>(null);
  const [variant, setVariant] = useState(0);
  const [numbers, setNumbers] = useState(false);
  const seen = shown(chart, variant, style);
  useEffect(() => { if (opened?.variant !== undefined) setVariant(opened.variant); }, [opened]);
  useEffect(() => {
    const element = place.current;
    if (!element || numbers) return;
    let width = 0;
    const draw = () => {
      drawing.current ??= echarts.init(element);
      width = element.clientWidth;
      drawing.current.setOption(options(chart, variant, style, dark, width), true);
    };
    const resized = new ResizeObserver(() => {
      drawing.current?.resize();
      if (isNarrow(width) !== isNarrow(element.clientWidth)) draw();
    });
    const seenFirst = new IntersectionObserver((entries) => {
      if (entries.some((e) => e.isIntersecting)) { draw(); seenFirst.disconnect(); resized.observe(element); }
    }, { rootMargin: "300px" });
    seenFirst.observe(element);
    const print = () => draw();
    window.addEventListener("beforeprint", print);
    return () => {
      seenFirst.disconnect();
      resized.disconnect();
      window.removeEventListener("beforeprint", print);
      drawing.current?.dispose();
      drawing.current = null;
    };
  }, [chart, variant, numbers, dark]);
  return (
    <figure id={chart.id}>
      <figcaption>{chart.title}</figcaption>
      {seen.finding ? <p class="finding">{seen.finding}</p> : null}
      <div class="tools">
        {chart.choose && (
          <label>Show <select value={variant} onChange={(e) => setVariant(Number(e.currentTarget.value))}>
            {chart.choose.map((c, i) => <option value={i} dir="auto">{c.name}</option>)}
          </select></label>
        )}
        <button type="button" aria-pressed={numbers} onClick={() => setNumbers(!numbers)}>{numbers ? "Picture" : "Numbers"}</button>
        {!numbers && <button type="button" onClick={() => savePicture(drawing.current, seen, style, dark)}>Save picture</button>}
      </div>
      {numbers
        ? <Numbers chart={chart} variant={variant} style={style} />
        : <>
            <p class="legend small">{keysOf(seen, style, look(dark)).map((one) => <KeyView one={one} />)}</p>
            <div ref={place} class="chart" role="img" aria-label={spoken(seen)} style={{ height: `${heightOf(seen)}px` }} />
          </>}
    </figure>
  );
}
