import { useEffect, useState } from "preact/hooks";
import { change, show, type Style } from "./format";
import type { Compared, Grain, Period, Periods } from "./model";
import type { Place } from "./search";

const grains: Grain[] = ["week", "month", "quarter", "year"];

function capital(text: string): string { return text.charAt(0).toUpperCase() + text.slice(1); }

/** The change in front, what it is a change from below. */
function Other({ one, before, style }: { one: Compared; before: number | null; style: Style }) {
  const by = change(one.now, before, one.format, style);
  return <td class="right">{by}{before === null ? null : <span class="small">{show(before, one.format, style)}</span>}</td>;
}

function Numbers({ title, seen, style }: { title: string; seen: Period; style: Style }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={title}>
      <table class="compared">
        <thead>
          <tr>
            <td />
            <th scope="col" class="right">{capital(seen.name)}</th>
            {seen.before ? <th scope="col" class="right">than {seen.before}</th> : null}
            {seen.year_before ? <th scope="col" class="right">than {seen.year_before}</th> : null}
          </tr>
        </thead>
        <tbody>
          {seen.items.map((one) => (
            <tr>
              <th scope="row">{one.label}</th>
              <td class="right">{show(one.now, one.format, style)}</td>
              {seen.before ? <Other one={one} before={one.before} style={style} /> : null}
              {seen.year_before ? <Other one={one} before={one.year_before} style={style} /> : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A period beside the one before and the same a year before: the grain by a button, another period of it from the list. */
export function PeriodsBlock({ periods, style, opened }: { periods: Periods; style: Style; opened: Place | null }) {
  const [at, setAt] = useState(0);
  useEffect(() => { if (opened?.variant !== undefined) setAt(opened.variant); }, [opened]);
  const { choose, title } = periods;
  const seen = choose[at];
  if (!seen) return null;
  const last = (grain: Grain) => choose.findIndex((one) => one.grain === grain);
  return (
    <section id={periods.id}>
      <h3>{title}</h3>
      {seen.finding ? <p class="finding">{seen.finding}</p> : null}
      <div class="tools">
        <span class="grains" role="group" aria-label="How long a period">
          {grains.filter((grain) => last(grain) >= 0).map((grain) => (
            <button type="button" aria-pressed={grain === seen.grain} onClick={() => setAt(last(grain))}>{capital(grain)}</button>
          ))}
        </span>
        <label>Show <select value={at} onChange={(e) => setAt(Number(e.currentTarget.value))}>
          {choose.map((one, i) => one.grain === seen.grain && <option value={i}>{one.name}</option>)}
        </select></label>
      </div>
      <Numbers title={title} seen={seen} style={style} />
    </section>
  );
}
