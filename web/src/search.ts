/**
 * Searching the whole report: its pages, the titles and sentences of their blocks, the variants of charts, the rows of tables.
 *
 * Everything that can be found is one entry of folded text, its parts between line ends, so that one search of a string tells
 * whether it is found at all; only what is found is looked at closer. The index is made once, when it is first wanted: a row
 * costs a lower-cased string, a word typed one pass over these, some 10 ms for 100,000 rows.
 */
import type { Block, Cell, Report, Table } from "./model";

export type FoundKind = "page" | "block" | "variant" | "row" | "sentence";

/** Where it stands: the page, the element of the block, and which row or variant of it. */
export interface Place { page: string; element: string; row?: number; variant?: number }

export interface Entry extends Place { kind: FoundKind; folded: string; block: string }

export interface Found extends Entry { text: string }

export interface Results { groups: { page: string; title: string; found: Found[] }[]; shown: number; total: number }

export const headlinesPage = "headlines";
const limit = 30;
const longest = 120; // letters that are shown of a text
const end = "\n";

/** Letters that Unicode does not take apart. */
const plain: Record<string, string> = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", ı: "i" };

/** Without case and accents. Most texts are plain letters and need no more than their case. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  if (/^[\n\x20-\x7e]*$/.test(lower)) return lower;
  return lower.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[ßæœøłđðı]/g, (letter) => plain[letter] ?? letter);
}

/** The element of a block: its own id, or where it stands in its page. */
export function elementOf(page: string, block: Block, at: number): string {
  return "id" in block ? block.id : `${page}-block-${at + 1}`;
}

// ---- the index ----

type Add = (kind: FoundKind, texts: string[], place?: { row?: number; variant?: number }) => void;

function textsOf(row: Cell[], columns: number[]): string[] {
  return columns.flatMap((at) => { const cell = row[at]; return typeof cell === "string" && cell !== "" ? [cell] : []; });
}

function wordy(table: Table): number[] {
  return table.columns.flatMap((c, at) => (c.format === "text" || c.format === "date" ? [at] : []));
}

function addTable(table: Table, add: Add) {
  const columns = wordy(table);
  table.rows.forEach((cells, row) => {
    const texts = textsOf(cells, columns);
    if (texts.length > 0) add("row", texts, { row });
  });
}

function addBlock(block: Block, add: Add) {
  switch (block.type) {
    case "figures": block.items.forEach((f) => add("block", [f.label])); break;
    case "text": add("sentence", [block.text]); break;
    case "notes":
      if (block.title) add("block", [block.title]);
      block.items.forEach((item) => add("sentence", [item]));
      break;
    case "chart":
      add("block", [block.title]);
      if (block.finding) add("sentence", [block.finding]);
      block.choose?.forEach((one, variant) => {
        add("variant", [one.name], { variant });
        if (one.finding) add("sentence", [one.finding], { variant });
      });
      break;
    case "periods":
      add("block", [block.title]);
      block.choose.forEach((one, variant) => add("variant", [one.name], { variant }));
      break;
    case "table":
      add("block", [block.title]);
      if (block.finding) add("sentence", [block.finding]);
      addTable(block, add);
  }
}

function titleOf(block: Block): string { return ("title" in block && block.title) || ""; }

/** All that can be found, in the order of the report. */
export function indexOf(report: Report): Entry[] {
  const entries: Entry[] = [];
  const adder = (page: string, element: string, block: string): Add => (kind, texts, place) =>
    entries.push({ kind, page, element, block, folded: end + fold(texts.join(end)) + end, ...place });
  report.headlines.forEach((h, i) => adder(headlinesPage, `headline-${i + 1}`, "")("sentence", [h.text]));
  for (const page of report.pages) {
    const add = adder(page.id, page.id, "");
    add("page", [page.title]);
    if (page.intro) add("sentence", [page.intro]);
    page.blocks.forEach((block, at) => addBlock(block, adder(page.id, elementOf(page.id, block, at), titleOf(block))));
  }
  return entries;
}

// ---- asking it ----

/** 0 where it is the whole of a part, 1 its beginning, 2 the beginning of a word, 3 within; 4 where its words lie apart. */
function closeness(folded: string, wanted: string): number {
  if (!folded.includes(wanted)) return 4;
  if (folded.includes(end + wanted + end)) return 0;
  if (folded.includes(end + wanted)) return 1;
  return folded.includes(` ${wanted}`) ? 2 : 3;
}

const nearest: Record<FoundKind, number> = { page: 0, block: 1, variant: 2, row: 3, sentence: 4 };
const closest = 5;

/** Titles come before what stands under them; of both what is closest comes first. */
function rank(entry: Entry, wanted: string): number {
  const titles = entry.kind === "page" || entry.kind === "block" ? 0 : 1;
  return (titles * closest + closeness(entry.folded, wanted)) * closest + nearest[entry.kind];
}

/** The texts of an entry as they are written in the report. */
function written(report: Report, entry: Entry): string[] {
  if (entry.page === headlinesPage) return report.headlines.map((h) => h.text);
  const page = report.pages.find((p) => p.id === entry.page);
  const block = page?.blocks.find((b, at) => elementOf(page.id, b, at) === entry.element);
  if (!page || !block) return [page?.title ?? "", page?.intro ?? ""];
  switch (block.type) {
    case "figures": return block.items.map((f) => f.label);
    case "text": return [block.text];
    case "notes": return [block.title ?? "", ...block.items];
    case "chart": {
      const one = entry.variant === undefined ? block : block.choose?.[entry.variant];
      return one ? ["name" in one ? one.name : block.title, one.finding ?? ""] : [];
    }
    case "periods": return [entry.variant === undefined ? block.title : block.choose[entry.variant]?.name ?? ""];
    case "table": return entry.row === undefined ? [block.title] : textsOf(block.rows[entry.row] ?? [], wordy(block));
  }
}

/** Of a long sentence the part that holds the word. */
function cut(text: string, word: string): string {
  const at = Math.max(0, fold(text).indexOf(word));
  if (text.length <= longest) return text;
  const from = Math.max(0, Math.min(at - 30, text.length - longest));
  return `${from > 0 ? "…" : ""}${text.slice(from, from + longest).trim()}${from + longest < text.length ? "…" : ""}`;
}

function spelled(report: Report, entry: Entry, wanted: string, words: string[]): Found {
  const parts = entry.folded.slice(1, -1).split(end);
  const texts = written(report, entry).filter((t) => t !== "");
  const within = texts.filter((t) => parts.includes(fold(t)));
  const best = within.find((t) => fold(t).includes(wanted)) ?? within.find((t) => fold(t).includes(words[0] ?? "")) ?? within[0] ?? "";
  return { ...entry, text: cut(best, words[0] ?? "") };
}

function grouped(report: Report, found: Found[]): Results["groups"] {
  const groups: Results["groups"] = [];
  for (const one of found) {
    let group = groups.find((g) => g.page === one.page);
    if (!group) {
      const title = report.pages.find((p) => p.id === one.page)?.title ?? "What matters most";
      groups.push(group = { page: one.page, title, found: [] });
    }
    group.found.push(one);
  }
  return groups;
}

/** What holds all the words, best first, each page where its best stands. */
export function find(report: Report, index: Entry[], query: string): Results {
  const wanted = fold(query.trim());
  const words = wanted.split(/\s+/).filter((w) => w !== "");
  const ranked: Entry[][] = [];
  let total = 0;
  for (const entry of words.length > 0 ? index : []) {
    if (!words.every((w) => entry.folded.includes(w))) continue;
    total++;
    const same = (ranked[rank(entry, wanted)] ??= []);
    if (same.length < limit) same.push(entry);
  }
  const best = ranked.flat().slice(0, limit).map((entry) => spelled(report, entry, wanted, words));
  return { groups: grouped(report, best), shown: best.length, total };
}

/** A text in parts; those that hold one of the words are marked. Texts whose letters change their number when folded stay whole. */
export function marked(text: string, query: string): { text: string; hit: boolean }[] {
  const folded = fold(text);
  const words = fold(query.trim()).split(/\s+/).filter((w) => w !== "");
  if (words.length === 0 || folded.length !== text.length) return [{ text, hit: false }];
  const escaped = words.map((w) => w.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const parts: { text: string; hit: boolean }[] = [];
  let from = 0;
  for (const match of folded.matchAll(new RegExp(escaped.join("|"), "g"))) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index), hit: false });
    parts.push({ text: text.slice(match.index, match.index + match[0].length), hit: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), hit: false });
  return parts;
}
