import { expect, test } from "vitest";
import { asTable } from "../src/chart";
import { show } from "../src/format";
import { matching, sorted } from "../src/sort";

const pounds = { locale: "en-GB", currency: "GBP" };

test("missing cells come last, whichever way one sorts", () => {
  const rows = [[null], [3], [10], [1]];
  expect(sorted(rows, { column: 0, down: false })).toEqual([[1], [3], [10], [null]]);
  expect(sorted(rows, { column: 0, down: true })).toEqual([[10], [3], [1], [null]]);
});

test("numbers inside names sort as numbers", () => {
  expect(sorted([["item 10"], ["item 9"]], { column: 0, down: false })).toEqual([["item 9"], ["item 10"]]);
});

test("a search finds rows that hold all its words, in any case and column", () => {
  const rows = [["Red lamp", 3], ["Blue lamp", 4]];
  expect(matching(rows, "LAMP blue")).toEqual([["Blue lamp", 4]]);
  expect(matching(rows, " ")).toEqual(rows);
});

test("money has the shop's currency, and no pennies where they don't matter", () => {
  expect(show(12.5, "money", pounds)).toBe("£12.50");
  expect(show(-1234567.8, "money", pounds)).toBe("-£1,234,568");
  expect(show(12.5, "money", { locale: "en-GB", currency: "" })).toBe("12.50");
});

test("what is missing or not a number is a dash, never NaN", () => {
  expect(show(null, "money", pounds)).toBe("–");
  expect(show(Number.NaN, "number", pounds)).toBe("–");
});

test("a chart's numbers are joined by their place on the axis", () => {
  const chart = {
    type: "chart" as const, id: "c", title: "t", unit: "units", x: "date" as const,
    series: [
      { name: "sold", kind: "line" as const, x: ["2024-01-01", "2024-01-02"], y: [1, 2] },
      { name: "forecast", kind: "line" as const, x: ["2024-01-02"], y: [3], low: [2], high: [4] },
    ],
  };
  expect(asTable(chart, 0)).toEqual({
    columns: ["", "sold", "forecast", "forecast, from", "forecast, to"],
    rows: [["2024-01-01", 1, null, null, null], ["2024-01-02", 2, 3, 2, 4]],
  });
});
