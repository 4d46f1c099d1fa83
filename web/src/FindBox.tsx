import { useEffect, useRef, useState } from "preact/hooks";
import { whole, type Style } from "./format";
import type { Report } from "./model";
import { find, indexOf, marked, type Entry, type Found, type Place, type Results } from "./search";

const nothing: Results = { groups: [], shown: 0, total: 0 };

function isTyping(): boolean {
  const at = document.activeElement;
  return at instanceof HTMLInputElement || at instanceof HTMLSelectElement || at instanceof HTMLTextAreaElement;
}

/** `/` leads into the box, wherever one reads. */
function useSlash(enter: () => void) {
  useEffect(() => {
    const pressed = (e: KeyboardEvent) => {
      if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || isTyping()) return;
      e.preventDefault();
      enter();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}

function Option({ one, at, active, words, onOpen }:
  { one: Found; at: number; active: boolean; words: string; onOpen: (one: Found) => void }) {
  const where = one.kind === "page" ? "page" : one.block === one.text ? "" : one.block;
  return (
    <div role="option" id={`found-${at}`} aria-selected={active} onClick={() => onOpen(one)}>
      <span dir="auto">{marked(one.text, words).map((part) => (part.hit ? <mark>{part.text}</mark> : part.text))}</span>
      {where ? <span class="small">{where}</span> : null}
    </div>
  );
}

function List({ results, active, words, onOpen }:
  { results: Results; active: number; words: string; onOpen: (one: Found) => void }) {
  let at = 0;
  return (
    <div role="listbox" id="found" aria-label="What was found">
      {results.groups.map((group) => (
        <div role="group" aria-labelledby={`found-in-${group.page}`}>
          <div class="small" id={`found-in-${group.page}`}>{group.title}</div>
          {group.found.map((one) => {
            const mine = at++;
            return <Option one={one} at={mine} active={mine === active} words={words} onOpen={onOpen} />;
          })}
        </div>
      ))}
    </div>
  );
}

/** "30 of 214 places" */
function counted({ shown, total }: Results, style: Style): string {
  if (total === 0) return "Nothing in the report holds that.";
  if (shown < total) return `The best ${shown} of ${whole(total, style)} places; another word narrows them down.`;
  return total === 1 ? "1 place" : `${total} places`;
}

/** One box over the whole report. The index is made when the box is first entered. */
export function FindBox({ report, style, onOpen }: { report: Report; style: Style; onOpen: (place: Place) => void }) {
  const box = useRef<HTMLInputElement>(null);
  const index = useRef<Entry[] | null>(null);
  const from = useRef(0);
  const [words, setWords] = useState("");
  const [results, setResults] = useState(nothing);
  const [active, setActive] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const all = results.groups.flatMap((g) => g.found);
  useSlash(() => { from.current = window.scrollY; box.current?.focus(); });
  useEffect(() => { if (isOpen) document.getElementById(`found-${active}`)?.scrollIntoView({ block: "nearest" }); }, [active]);
  const ask = (text: string) => {
    index.current ??= indexOf(report);
    setWords(text);
    setResults(find(report, index.current, text));
    setActive(0);
    setOpen(text.trim() !== "");
  };
  const open = (one: Found | undefined) => {
    if (!one) return;
    from.current = 0;
    setOpen(false);
    onOpen(one);
  };
  const leave = () => {
    ask("");
    box.current?.blur();
    if (from.current > 0) window.scrollTo({ top: from.current });
    from.current = 0;
  };
  const pressed = (e: KeyboardEvent) => {
    const step = e.key === "ArrowDown" ? 1 : e.key === "ArrowUp" ? -1 : 0;
    if (e.key === "Escape") leave();
    else if (e.key === "Enter") open(isOpen ? all[active] : undefined);
    else if (step !== 0 && all.length > 0) {
      if (isOpen) setActive((active + step + all.length) % all.length);
      setOpen(true);
    } else return;
    e.preventDefault();
  };
  return (
    <div class="find" role="search">
      <input ref={box} type="search" role="combobox" list={undefined} aria-label="Find in the report" placeholder="Find in the report" autocomplete="off"
        spellcheck={false} aria-keyshortcuts="/" aria-autocomplete="list" aria-expanded={isOpen && all.length > 0} aria-controls="found"
        aria-activedescendant={isOpen && all.length > 0 ? `found-${active}` : undefined} value={words}
        onFocus={() => { index.current ??= indexOf(report); setOpen(words.trim() !== ""); }}
        onBlur={() => setOpen(false)} onInput={(e) => ask(e.currentTarget.value)} onKeyDown={pressed} />
      <kbd aria-hidden="true">/</kbd>
      <div class="found" hidden={!isOpen} onMouseDown={(e) => e.preventDefault()}>
        {all.length > 0 && <List results={results} active={active} words={words} onOpen={open} />}
        <p class="small" role="status">{isOpen ? counted(results, style) : ""}</p>
      </div>
    </div>
  );
}
