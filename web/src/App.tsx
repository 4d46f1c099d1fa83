import { useEffect, useState } from "preact/hooks";
import { ChartBlock } from "./ChartBlock";
import { FindBox } from "./FindBox";
import { date, show, type Style } from "./format";
import type { Block, Figures, Notes, Page, Report } from "./model";
import { PeriodsBlock } from "./PeriodsBlock";
import { elementOf, headlinesPage, type Place } from "./search";
import { TableBlock } from "./TableBlock";
import { emphasised } from "./words";

function FiguresBlock({ block, id, style }: { block: Figures; id: string; style: Style }) {
  return (
    <dl class="figures" id={id}>
      {block.items.map((f) => (
        <div>
          <dt>{f.label}</dt>
          <dd>{show(f.value, f.format, style)}{f.note ? <span class="small">{f.note}</span> : null}</dd>
        </div>
      ))}
    </dl>
  );
}

function NotesBlock({ block, id }: { block: Notes; id: string }) {
  return (
    <section id={id}>
      {block.title ? <h3>{block.title}</h3> : null}
      <ul>{block.items.map((item) => <li>{item}</li>)}</ul>
    </section>
  );
}

/** `opened`: what was found in it, to be shown. */
interface BlockProps { block: Block; id: string; style: Style; dark: boolean; opened: Place | null }

function BlockView({ block, id, style, dark, opened }: BlockProps) {
  switch (block.type) {
    case "figures": return <FiguresBlock block={block} id={id} style={style} />;
    case "text": return <p id={id}>{block.text}</p>;
    case "notes": return <NotesBlock block={block} id={id} />;
    case "chart": return <ChartBlock chart={block} style={style} dark={dark} opened={opened} />;
    case "periods": return <PeriodsBlock periods={block} style={style} opened={opened} />;
    case "table": return <TableBlock table={block} style={style} opened={opened} />;
  }
}

function PageView({ page, style, dark, opened }: { page: Page; style: Style; dark: boolean; opened: Place | null }) {
  const blocks = page.blocks.map((block, at) => {
    const id = elementOf(page.id, block, at);
    return <BlockView block={block} id={id} style={style} dark={dark} opened={opened?.element === id ? opened : null} />;
  });
  return (
    <section class="page" id={page.id} aria-labelledby={`${page.id}-title`}>
      <h2 id={`${page.id}-title`}>{page.title}</h2>
      {page.intro ? <p class="intro">{page.intro}</p> : null}
      <div class="blocks">{blocks}</div>
    </section>
  );
}

/** Brings what was found into sight, once it is drawn, and the reader's keyboard there. */
function useOpened(): [Place | null, (place: Place) => void] {
  const [opened, setOpened] = useState<Place | null>(null);
  useEffect(() => {
    const block = opened && document.getElementById(opened.element);
    const place = block?.querySelector<HTMLElement>("tr.found") ?? block;
    if (!place) return;
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: place === block ? "start" : "center" });
  }, [opened]);
  return [opened, (place) => setOpened({ ...place })];
}

function useDark(): boolean {
  const query = window.matchMedia("(prefers-color-scheme: dark)");
  const [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const changed = () => setDark(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  return dark;
}

/** The page that is read now: the last whose head is above the upper third of the window. */
function useCurrent(pages: Page[]): string {
  const [current, setCurrent] = useState(pages[0]?.id ?? "");
  useEffect(() => {
    const look = () => {
      const above = pages.filter((p) => (document.getElementById(p.id)?.getBoundingClientRect().top ?? 1e9) < innerHeight / 3);
      setCurrent(above[above.length - 1]?.id ?? pages[0]?.id ?? "");
    };
    window.addEventListener("scroll", look, { passive: true });
    return () => window.removeEventListener("scroll", look);
  }, [pages]);
  return current;
}

function Headlines({ report }: { report: Report }) {
  const title = (id: string) => report.pages.find((p) => p.id === id)?.title;
  return (
    <section class="headlines" id={headlinesPage} aria-labelledby="headlines-title">
      <h2 id="headlines-title">What matters most</h2>
      <ol>
        {report.headlines.map((h, i) => (
          <li id={`headline-${i + 1}`}>
            {emphasised(h.text).map((part) => (part.strong ? <strong>{part.text}</strong> : part.text))}
            {h.page && title(h.page) ? <> <a class="more" href={`#${h.page}`}>{title(h.page)}</a></> : null}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The first page is painted before the others are drawn, unless one of these is asked for. */
function useWhole(): boolean {
  const [isWhole, setWhole] = useState(location.hash !== "");
  useEffect(() => { requestAnimationFrame(() => setTimeout(() => setWhole(true))); }, []);
  return isWhole;
}

function span(report: Report, style: Style): string {
  const { first_day, last_day } = report.meta;
  return first_day && last_day ? `${date(first_day, style)} to ${date(last_day, style)}` : "";
}

export function App({ report }: { report: Report }) {
  const dark = useDark();
  const current = useCurrent(report.pages);
  const [opened, setOpened] = useOpened();
  const isWhole = useWhole();
  const style: Style = { locale: navigator.language, currency: report.meta.currency, period: report.meta.period };
  return (
    <>
      <a class="skip" href="#main">Skip to the report</a>
      <header>
        <h1 dir="auto">{report.meta.name}</h1>
        <p class="small">{span(report, style)}</p>
        <FindBox report={report} style={style} onOpen={setOpened} />
      </header>
      <nav aria-label="Pages">
        <ul>
          {report.pages.map((p) => (
            <li><a href={`#${p.id}`} aria-current={p.id === current ? "true" : undefined}>{p.title}</a></li>
          ))}
        </ul>
      </nav>
      <main id="main" aria-busy={!isWhole}>
        {report.headlines.length > 0 && <Headlines report={report} />}
        {report.pages.slice(0, isWhole ? undefined : 1).map((page) => <PageView page={page} style={style} dark={dark} opened={opened} />)}
      </main>
      <footer class="small">Made by foresell {report.meta.version}{report.meta.created ? ` on ${date(report.meta.created, style)}` : ""}.</footer>
    </>
  );
}
