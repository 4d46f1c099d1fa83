/* The shops whose reports are looked at: made with the program itself, once for all tests. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const program = process.env.FORESELL_BIN ?? join(root, "build/release/foresell");
export const folder = mkdtempSync(join(tmpdir(), "foresell-browser-"));

export function foresell(...words) {
  return execFileSync(program, words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/* Runs the project and gives the folder of its run. */
function run(project) {
  foresell("run", project);
  return realpathSync(join(project, "runs/latest"));
}

function write(where, files) {
  mkdirSync(where, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(where, name), text);
  return where;
}

function simulated() {
  const files = join(folder, "files");
  foresell("simulate", files, "--items", "60", "--stores", "2", "--customers", "400", "--days", "420", "--lines", "20000");
  foresell("init", join(folder, "simulated"), "--from", files);
  return run(join(folder, "simulated"));
}

const golden = join(root, "tests/pipeline/golden");
export const goldenShops = readdirSync(golden);

function handMade(name) {
  const project = join(folder, name);
  cpSync(join(golden, name), project, { recursive: true, filter: (path) => !path.endsWith("expected") });
  return run(project);
}

/* Names as nobody wishes them; none may do anything. */
export const hostile = [
  "<script>window.ran = 1; alert(1)</script>",
  "</script><script>window.ran = 1</script>",
  "\"><img src=x onerror=\"window.ran = 1\">",
  "<svg onload=window.ran=1>",
  "a&lt;b&amp;c <b>bold</b>",
  `long ${"x".repeat(300)}`,
  "شاي بالنعناع",
  "תה נענע \u202E reversed",
  "🍵🧁👩‍👩‍👧 tea",
  "=HYPERLINK(\"http://127.0.0.1/x\";\"click\")",
  "{{constructor.constructor('window.ran = 1')()}}",
  "\u2028 line separator",
];

const csv = (cell) => `"${String(cell).replaceAll("\"", "\"\"")}"`;
const day = (n) => new Date(Date.UTC(2023, 0, 1 + n)).toISOString().slice(0, 10);

function unfriendly() {
  const sales = ["date,product_id,store_id,quantity,unit_price,amount"];
  for (let n = 0; n < 400; n++) {
    hostile.forEach((_, i) => {
      if ((n + i) % 3 === 0) sales.push(`${day(n)},P${i},S${i % 2},${1 + ((n * 7 + i) % 5) + (n % 90 === 60 ? 60 : 0)},${2 + i},${(2 + i) * (1 + ((n * 7 + i) % 5) + (n % 90 === 60 ? 60 : 0))}`);
    });
  }
  const products = hostile.map((name, i) => `P${i},${csv(name)},${csv(i % 2 ? "</title><img src=x onerror=window.ran=1>" : "Tea & <i>co</i>")}`);
  const calendar = Array.from({ length: 460 }, (_, n) => `${day(n)},${csv(n % 90 === 60 ? "<img src=x onerror=window.ran=1>" : "")}`);
  const files = write(join(folder, "unfriendly-files"), {
    "sales.csv": sales.join("\n"),
    "products.csv": ["product_id,product_name,category", ...products].join("\n"),
    "stores.csv": `store_id,store_name\nS0,${csv("<img src=x onerror=window.ran=1>")}\nS1,${csv("\"onmouseover=\"window.ran=1")}\n`,
    "calendar.csv": ["date,event", ...calendar].join("\n"),
  });
  const project = join(folder, "unfriendly");
  foresell("init", project, "--from", files);
  const settings = join(project, "foresell.yaml");
  const text = readFileSync(settings, "utf8").replace(/^name:.*$/m, "name: '</title><script>window.ran = 1</script>'")
    .replace(/^week_start:.*$/m, "week_start: sunday");
  writeFileSync(settings, text);
  return run(project);
}

function withoutSales() {
  const rows = Array.from({ length: 300 }, (_, i) => `C${1000 + i},${20 + (i % 60)},${i % 12},${i % 4 === 0 ? "Yes" : "No"}`);
  const files = write(join(folder, "members-files"), { "customers.csv": ["customer_id,age,tenure,churned", ...rows].join("\n") });
  foresell("init", join(folder, "members"), "--from", files);
  return run(join(folder, "members"));
}

export function makeShops() {
  const shops = { simulated: simulated(), unfriendly: unfriendly(), members: withoutSales() };
  for (const name of goldenShops) shops[name] = handMade(name);
  return shops;
}

/* Rows of a CSV file of the run as objects; quotes and all. */
export function table(run, name) {
  const text = readFileSync(join(run, "csv", `${name}.csv`), "utf8");
  const rows = [[]];
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1).push(quoted === undefined ? bare : quoted.replaceAll("\"\"", "\""));
    if (end === "") break;
    if (end !== ",") rows.push([]);
  }
  const [head, ...body] = rows;
  return body.filter((r) => r.length === head.length).map((r) => Object.fromEntries(head.map((h, i) => [h, r[i]])));
}
