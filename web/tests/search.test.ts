import { expect, test } from "vitest";
import type { Report } from "../src/model";
import { find, fold, indexOf, marked } from "../src/search";
import { toShow } from "../src/TableBlock";

const text = (name: string) => ({ name, label: name, format: "text" as const });
const products = {
  type: "table" as const, id: "all", title: "All products", columns: [text("item"), text("name"), { ...text("money"), format: "money" as const }],
  rows: [["A1", "Black tea", 12], ["A2", "Tea", 30], ["A3", "Steak knife", 4], ["A4", "Crème brûlée", 8], ["A5", "Teapot", 2]],
};
const report = {
  meta: { name: "shop", currency: "GBP", country: "GB", created: "", version: "", period: "day", first_day: null, last_day: null, first_weekday: 1 },
  headlines: [{ text: "Tea leads with GBP 30.", page: "products" }],
  pages: [
    { id: "overview", title: "Overview", blocks: [{ type: "text", text: "Sold were coffee and, most of all, tea." }] },
    { id: "products", title: "Products", intro: "What each earns.", blocks: [
      { type: "chart", id: "items", title: "Steady sellers", unit: "units", x: "date", choose: [{ name: "Teapot", series: [] }, { name: "Tea", series: [] }] },
      products] },
  ],
} as unknown as Report;
const index = indexOf(report);
const found = (query: string) => find(report, index, query).groups.flatMap((g) => g.found.map((f) => `${g.page}: ${f.kind} ${f.text}`));

test("titles come first, then the whole, the beginning, the beginning of a word, what is within", () => {
  expect(found("tea")).toEqual([
    "products: block Steady sellers",
    "products: variant Tea", "products: row Tea",
    "products: variant Teapot", "products: row Teapot",
    "products: row Black tea", "products: row Steak knife",
    "headlines: sentence Tea leads with GBP 30.",
    "overview: sentence Sold were coffee and, most of all, tea.",
  ]);
});

test("case and accents make no difference, and all words must be there, in any order", () => {
  expect(found("CREME")).toEqual(["products: row Crème brûlée"]);
  expect(found("brulée crème")).toEqual(["products: row Crème brûlée"]);
  expect(found("tea knife")).toEqual(["products: row Steak knife"]);
  expect(found("tea spoon")).toEqual([]);
  expect([fold("Łódź"), fold("Straße"), fold("ΤΣΆΙ")]).toEqual(["lodz", "strasse", "τσαι"]);
});

test("figures are not searched, codes and names are", () => {
  expect(found("a3")).toEqual(["products: row A3"]);
  expect(found("12")).toEqual([]);
});

test("nothing is found by nothing, and what is found is where it says", () => {
  expect(find(report, index, "  ").total).toBe(0);
  const [row] = find(report, index, "black").groups.flatMap((g) => g.found);
  expect(row).toMatchObject({ page: "products", element: "all", row: 0, block: "All products" });
  const [sentence] = find(report, index, "coffee").groups.flatMap((g) => g.found);
  expect(sentence).toMatchObject({ page: "overview", element: "overview-block-1" });
});

test("of many the best thirty are shown and all counted", () => {
  const rows = Array.from({ length: 1000 }, (_, i) => [`P${i}`, i === 999 ? "lamp" : `red lamp ${i}`, i]);
  const many = { ...report, headlines: [], pages: [{ id: "p", title: "Products", blocks: [{ ...products, rows }] }] } as Report;
  const results = find(many, indexOf(many), "lamp");
  expect([results.shown, results.total]).toEqual([30, 1000]);
  expect(results.groups[0]?.found[0]).toMatchObject({ text: "lamp", row: 999 });
});

test("the words are marked where they stand, and no letter is lost", () => {
  const parts = marked("Crème brûlée (large)", "BRULEE (");
  expect(parts.map((p) => p.text).join("")).toBe("Crème brûlée (large)");
  expect(parts.filter((p) => p.hit).map((p) => p.text)).toEqual(["brûlée", "("]);
});

test("a row far down is shown by leaving out what has not its words, one high up where it stands", () => {
  const rows = Array.from({ length: 300 }, (_, i) => [`P${i}`, `name ${i}`, i]);
  const table = { ...products, columns: [...products.columns, text("more"), text("still")], rows };
  expect(toShow(table, 3)).toEqual({ words: "", rows: 25 });
  expect(toShow(table, 299)).toEqual({ words: "P299", rows: 25 });
  expect(toShow({ ...table, rows: Array.from({ length: 300 }, (_, i) => ["same", `name ${i}`, i]) }, 40)).toEqual({ words: "same", rows: 41 });
});
