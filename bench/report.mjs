/* How large a report is, and how long Chromium takes to show it from the disk: the middle of several times, each in a new page.
 *
 * parsed: DOMContentLoaded, when the front end has drawn the document; painted: the first picture that has the headlines in it.
 */
import { readFileSync, statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { open } from "../tests/browser/browser.mjs";

const times = 7;
const file = process.argv[2];
const asked = { bytes: 5e6, ms: 1000 };

/* In the page, from its beginning on: when the first frame with a headline or a page was painted. */
function watch() {
  window.painted = new Promise((done) => {
    const look = () => {
      if (document.querySelector("main#main h2")) requestAnimationFrame(() => setTimeout(() => done(performance.now())));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

async function once(browser) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, offline: true });
  const page = await context.newPage();
  await page.addInitScript(watch);
  await page.goto(pathToFileURL(file).href);
  const took = await page.evaluate(async () => {
    const painted = await window.painted;
    return { parsed: performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd, painted };
  });
  await context.close();
  return took;
}

const middle = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];

function tell(name, value, unit, limit) {
  console.log(`${name.padEnd(40)} ${String(value).padStart(10)} ${unit}, asked at most ${limit}${value > limit ? ": MISSED" : ""}`);
}

const browser = await open();
await once(browser); // the first page also starts the browser's own processes
const all = [];
for (let i = 0; i < times; i++) all.push(await once(browser));
await browser.close();

const document = JSON.parse(/id="foresell-data"[^>]*>(.*?)<\/script>/s.exec(readFileSync(file, "utf8"))[1]);
const rows = document.pages.flatMap((p) => p.blocks).reduce((sum, b) => sum + (b.rows?.length ?? 0), 0);
console.log(`${file}: ${rows} rows in tables`);
tell("report: size", statSync(file).size, "bytes", asked.bytes);
tell("report: DOMContentLoaded", Math.round(middle(all.map((t) => t.parsed))), "ms", asked.ms);
tell("report: painted", Math.round(middle(all.map((t) => t.painted))), "ms", asked.ms);
