import { expect, test } from "vitest";
import { change, show, tick } from "../src/format";
import { asTable } from "../src/numbers";
import { matching, sorted } from "../src/sort";
import { shownColumns, told } from "../src/TableBlock";
import { emphasised } from "../src/words";

const pounds = { locale: "en-GB", currency: "GBP", period: "day" as const };

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

test("a date is told as far as it is known", () => {
  expect(show("1991-01-02", "date", pounds)).toBe("2 Jan 1991");
  expect(show("1991-01", "date", pounds)).toBe("Jan 1991");
});

test("money has the shop's currency, and no pennies where they don't matter", () => {
  expect(show(12.5, "money", pounds)).toBe("£12.50");
  expect(show(-1234567.8, "money", pounds)).toBe("-£1,234,568");
  expect(show(12.5, "money", { ...pounds, currency: "" })).toBe("12.50");
});

test("a share that is not nought is not written as nought, and large multiples have no decimals", () => {
  expect(show(0.0001, "share", pounds)).toBe("< 0.1%");
  expect(show(0, "share", pounds)).toBe("0%");
  expect(show(0.123, "share", pounds)).toBe("12.3%");
  expect(show(2, "times", pounds)).toBe("2.0 ×");
  expect(show(39073, "times", pounds)).toBe("39,073 ×");
});

test("a change has its sign; of shares it is told in points; with nothing to compare nothing is told", () => {
  expect(change(108, 100, "money", pounds)).toBe("+8%");
  expect(change(97, 100, "integer", pounds)).toBe("-3%");
  expect(change(2500, 100, "money", pounds)).toBe("25.0 ×");
  expect(change(0.42, 0.4, "share", pounds)).toBe("+2 points");
  expect(change(0.4, 0.4, "share", pounds)).toBe("0 points");
  expect([change(3, null, "money", pounds), change(null, 3, "money", pounds), change(3, 0, "money", pounds)]).toEqual(["", "", ""]);
});

test("along the axis of time a January is its year, another month its name, any other day both", () => {
  const at = (month: number, day: number) => tick(new Date(2024, month, day).getTime(), pounds);
  expect([at(0, 1), at(1, 1), at(1, 17), at(0, 2)]).toEqual(["2024", "Feb", "17 Feb", "2 Jan"]);
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
  expect(asTable(chart, 0, pounds)).toEqual({
    columns: ["from", "sold", "forecast", "forecast, low", "forecast, high"],
    formats: ["date", "units", "units", "units", "units"],
    rows: [["2024-01-01", 1, null, null, null], ["2024-01-02", 2, 3, 2, 4]],
  });
});

test("the figures of a sentence stand out, the digits inside of names do not, and no letter is lost", () => {
  const sentence = "From 2 Jan 2023 to 31 Dec 2024, 84 of 1,240 products bring 80 %; Dairy A1, size 2 leads with GBP 98,374.";
  const parts = emphasised(sentence);
  expect(parts.map((p) => p.text).join("")).toBe(sentence);
  expect(parts.filter((p) => p.strong).map((p) => p.text)).toEqual(["2 Jan 2023", "31 Dec 2024", "1,240", "80 %", "GBP 98,374"]);
});

test("a column in which nothing is known is left out; long texts may be broken, codes not", () => {
  const table = {
    type: "table" as const, id: "t", title: "t",
    columns: [{ name: "item", label: "Item", format: "text" as const }, { name: "cost", label: "Cost", format: "money" as const },
      { name: "name", label: "Name", format: "text" as const }],
    rows: [["85123A", null, "white hanging heart holder"], ["22423", null, null]],
  };
  expect(shownColumns(table).map(({ column, at, look }) => [column.name, at, look])).toEqual([["item", 0, "short"], ["name", 2, "long"]]);
});

test("what a table shows of how many rows is said in words", () => {
  expect(told(25, 500, 4908, 500, true, pounds)).toBe("25 of 4,908 rows; all are in ");
  expect(told(25, 7, 4908, 500, true, pounds)).toBe("7 of the 7 rows that match");
  expect(told(25, 5, 5, 5, false, pounds)).toBe("5 rows");
  expect(told(25, 0, 5, 5, false, pounds)).toBe("No rows.");
});

test("how many times the usual is told with one decimal", () => {
  expect(show(2, "times", pounds)).toBe("2.0 ×");
});

test("nought has no sign, however it was reached", () => {
  for (const format of ["money", "number", "integer", "share"] as const) expect(show(-0.0001, format, pounds)).not.toContain("-");
  expect(show(-0.5, "money", pounds)).toBe("-£0.50");
});
