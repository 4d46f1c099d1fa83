/* A report with one chart of each kind: a report of the program's, whose document is exchanged for tests/charts.json. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const charts = JSON.parse(readFileSync(join(root, "tests/charts.json"), "utf8"));

/* 2,000 dots, as many as a report has. */
function manyDots() {
  const at = Array.from({ length: 2000 }, (_, i) => Math.exp(4 + 1.6 * Math.sin(i * 12.9898) + Math.cos(i * 7.13)));
  const dots = (from, to, name) => {
    const x = at.slice(from, to);
    return { name, kind: "points", x, y: x.map((v, i) => v * Math.exp(1.5 + Math.sin((from + i) * 3.7))), label: x.map((_, i) => `Product ${from + i}`) };
  };
  const series = [dots(0, 1200, "class A"), dots(1200, 1700, "class B"), dots(1700, 2000, "class C")];
  return { ...charts.find((c) => c.id === "spread"), id: "many", title: "All products by pieces and revenue", series };
}

/* Gives the folder `into` with such a report.html. */
export function withKinds(report, into) {
  const text = readFileSync(report, "utf8");
  const data = /(<script id="foresell-data" type="application\/json">)(.*?)(<\/script>)/s;
  const document = JSON.parse(data.exec(text)[2]);
  document.pages = [{ id: "kinds", title: "Kinds of charts", intro: null, blocks: [...charts, manyDots()] }];
  document.headlines = [];
  const json = JSON.stringify(document).replaceAll("<", "\\u003c");
  mkdirSync(into, { recursive: true });
  writeFileSync(join(into, "report.html"), text.replace(data, (_, open, _old, close) => `${open}${json}${close}`));
  return into;
}
