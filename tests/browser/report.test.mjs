/* What people see: report.html in a browser, from the disk, offline, on a desk and on a phone, light and dark.
 *
 * node --test tests/browser/report.test.mjs, or `tests/run browser`. FORESELL_BIN names the program.
 */
import assert from "node:assert/strict";
import { readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { open, scrollThrough, show } from "./browser.mjs";
import { charts, withKinds } from "./kinds.mjs";
import { folder, goldenShops, hostile, makeShops, table } from "./shops.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const all = ["simulated", "unfriendly", "members", "kinds", ...goldenShops];
const looks = [[1280, false], [1280, true], [390, false], [390, true]];
let browser, shops;

before(async () => {
  shops = makeShops();
  shops.kinds = withKinds(join(shops.simulated, "report.html"), join(folder, "kinds"));
  browser = await open();
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const report = (shop) => join(shops[shop], "report.html");

async function on(shop, how, look) {
  const shown = await show(browser, report(shop), how);
  try {
    await look(shown.page, shown);
    assert.deepEqual(shown.faults, [], `${shop}: the console is not silent`);
    assert.deepEqual(shown.asked, [], `${shop}: the network was asked`);
    assert.equal(await shown.page.evaluate(() => window.ran), undefined, `${shop}: a text of the data was executed`);
  } finally {
    await shown.close();
  }
}

/* Coloured pixels of each chart: its words and axes are grey. */
function inked(page) {
  return page.evaluate(() => [...document.querySelectorAll(".chart")].map((place) => {
    let count = 0;
    for (const canvas of place.querySelectorAll("canvas")) {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      for (let i = 0; i < data.length; i += 4) {
        const spread = Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]);
        if (data[i + 3] > 100 && spread > 80) count++;
      }
    }
    return { name: place.getAttribute("aria-label"), count };
  }));
}

/* "£1,234.50", "-3", "2.3%" */
function figure(text) {
  const value = Number(text.replace(/[^\d.-]/g, ""));
  return text.includes("%") ? value / 100 : value;
}

/* Charts hold their figures to a hundredth, and show them rounded once more. */
const near = (shown, held, step) => assert.ok(Math.abs(shown - held) <= step / 2 + 0.005 + 1e-9, `${shown} is shown, ${held} is held`);

describe("every report", { concurrency: 2 }, () => {
  for (const shop of all) {
    for (const [width, dark] of looks) {
      test(`${shop} at ${width} px, ${dark ? "dark" : "light"}: quiet, offline, fits, drawn, accessible`, async () => {
        await on(shop, { width, dark }, async (page) => {
          await scrollThrough(page);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          assert.ok(wide <= 0, `${wide} px stick out`);
          for (const { name, count } of await inked(page)) assert.ok(count > 20, `the chart "${name}" shows no line`);
          const twice = await page.evaluate(() => {
            const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
            return ids.filter((id, i) => ids.indexOf(id) !== i);
          });
          assert.deepEqual(twice, []);
          await page.evaluate(axe);
          const { violations } = await page.evaluate(() => window.axe.run());
          const bad = violations.filter((v) => ["serious", "critical"].includes(v.impact));
          assert.deepEqual(bad.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
        });
      });
    }
  }
});

test("the pages, charts and five sentences of a shop with everything are there", async () => {
  await on("simulated", {}, async (page) => {
    assert.deepEqual(await page.locator("nav a").allTextContents(),
      ["Overview", "What will sell", "How good the forecasts are", "Business", "Seasons", "Peaks", "Products", "What to order", "Stores and categories", "Customers", "Whom to keep", "Data"]);
    assert.equal(await page.locator(".headlines li").count(), 5);
    assert.equal(await page.locator(".chart").count(), 31);
  });
});

test("the key figures are those of the run's tables", async () => {
  const summary = Object.fromEntries(table(shops.simulated, "summary").map((r) => [r.measure, Number(r.value)]));
  await on("simulated", {}, async (page) => {
    const held = { Revenue: "revenue", "Pieces sold": "units", Returned: "return share", Baskets: "baskets",
      "Revenue a basket": "revenue a basket", "Products sold": "items", Stores: "stores", Profit: "profit" };
    const shown = await page.locator(".figures > div").evaluateAll((all) =>
      all.map((d) => [d.querySelector("dt").textContent, d.querySelector("dd").textContent]));
    const told = Object.fromEntries(shown);
    for (const [label, measure] of Object.entries(held)) {
      const value = summary[measure];
      near(figure(told[label]), value, told[label].includes("%") ? 0.001 : told[label].includes(".") ? 0.01 : 1);
    }
    const sentence = await page.locator(".headlines li").first().textContent();
    assert.ok(sentence.includes(Math.round(summary.revenue).toLocaleString("en-GB")), sentence);
    assert.ok(sentence.includes(Math.round(summary.units).toLocaleString("en-GB")), sentence);
  });
});

test("tables and the numbers behind a chart are those of the run's tables", async () => {
  const best = table(shops.simulated, "best_products").filter((r) => r.measure === "revenue");
  const ahead = table(shops.simulated, "forecast_total");
  await on("simulated", {}, async (page) => {
    const rows = await page.locator("#top tbody tr").evaluateAll((all) => all.map((r) => [...r.cells].map((c) => c.textContent)));
    assert.equal(rows.length, 5);
    rows.forEach(([, name, value], i) => {
      assert.equal(name, best[i].name);
      near(figure(value), Number(best[i].value), value.includes(".") ? 0.01 : 1);
    });
    await page.locator("#total button", { hasText: "Numbers" }).click();
    const last = await page.locator("#total tbody tr").last().evaluate((r) => [...r.cells].map((c) => c.textContent));
    const held = ahead.at(-1);
    assert.equal(new Date(`${last[0]} UTC`).toISOString().slice(0, 10), held.period.slice(0, 10));
    [held.mean, held["q0.05"], held["q0.95"]].forEach((value, i) => near(figure(last[2 + i]), Number(value), Number(value) >= 100 ? 1 : 0.1));
    await page.locator("#total button", { hasText: "Picture" }).click();
    await page.waitForSelector("#total canvas");
  });
});

test("a period stands beside the one before and the year before, whichever is chosen", async () => {
  const months = table(shops.simulated, "business_periods").filter((r) => r.grain === "month" && r.complete === "true");
  const [now, before] = [months.at(-1), months.at(-2)];
  await on("simulated", {}, async (page) => {
    const cells = await page.locator("#compared tbody tr").first().locator("td").allTextContents();
    near(figure(cells[0]), Number(now.revenue), 1);
    assert.match(cells[1], new RegExp(`^[+-]?${Math.abs(Math.round(1000 * (now.revenue / before.revenue - 1)) / 10)}%`));
    assert.match(await page.locator("#compared .finding").textContent(), /^[A-Z][a-z]+ 20\d\d brought GBP [\d,]+, .* [A-Z][a-z]+ 20\d\d\.$|as much as/);
    await page.locator("#compared button", { hasText: "Week" }).click();
    assert.match(await page.locator("#compared thead th").first().textContent(), /^The week from \d+ [A-Z][a-z]{2} 20\d\d$/);
    assert.equal(await page.locator("#compared button[aria-pressed=true]").textContent(), "Week");
    const other = await page.locator("#compared option").nth(3).textContent();
    await page.locator("#compared select").selectOption({ label: other });
    assert.ok((await page.locator("#compared .finding").textContent()).toLowerCase().startsWith(other.toLowerCase()));
  });
});

test("a table sorts by the column that is clicked, both ways, and finds words", async () => {
  await on("simulated", {}, async (page) => {
    const head = page.locator("#all-products th", { hasText: "Pieces" });
    const column = await head.evaluate((h) => h.cellIndex);
    const values = () => page.locator("#all-products tbody tr").evaluateAll((rows, at) => rows.map((r) => r.cells[at].textContent), column)
      .then((all) => all.map(figure));
    await head.locator("button").click();
    const down = await values();
    assert.deepEqual(down, [...down].sort((a, b) => b - a));
    assert.equal(await head.getAttribute("aria-sort"), "descending");
    await head.locator("button").click();
    const up = await values();
    assert.deepEqual(up, [...up].sort((a, b) => a - b));
    assert.notDeepEqual(up, down);
    const item = table(shops.simulated, "product_summary").at(-1).item;
    await page.locator("#all-products input").fill(item.toLowerCase());
    await page.waitForFunction(() => document.querySelectorAll("#all-products tbody tr").length === 1);
    assert.ok((await page.locator("#all-products tbody tr").textContent()).includes(item));
  });
});

test("hostile names are shown as they are and do nothing, also in choices, tooltips and without script", async () => {
  await on("unfriendly", {}, async (page) => {
    await scrollThrough(page);
    const cells = await page.locator("#all-products td").evaluateAll((all) => all.map((c) => c.textContent));
    for (const name of hostile) assert.ok(cells.some((c) => c.trim() === name.trim()), `not shown: ${name}`);
    assert.equal(await page.locator("main img, main svg, main script, main i:not([aria-hidden])").count(), 0);
    assert.equal(await page.locator("h1").textContent(), "</title><script>window.ran = 1</script>");
    for (const chart of await page.locator("figure").all()) {
      const choice = chart.locator("select");
      if (await choice.count()) await choice.selectOption({ index: 1 });
      await chart.scrollIntoViewIfNeeded();
      const box = await chart.locator(".chart").boundingBox();
      for (let x = box.x + 60; x < box.x + box.width - 30; x += 60) await page.mouse.move(x, box.y + 100);
    }
  });
  await on("unfriendly", { script: false }, async (page) => {
    const text = await page.locator("body").textContent();
    for (const name of hostile) assert.ok(text.includes(name), `not shown: ${name}`);
  });
});

test("a tooltip tells the day, what was sold and the interval of the forecast", async () => {
  await on("simulated", {}, async (page) => {
    await page.locator("#total .chart").scrollIntoViewIfNeeded();
    await page.waitForSelector("#total canvas");
    const box = await page.locator("#total .chart").boundingBox();
    await page.mouse.move(box.x + box.width - 60, box.y + 120);
    await page.waitForFunction(() => /forecast .*between/s.test(document.querySelector("#total .chart").textContent));
  });
});

/* What is told where the pointer is: shares of the picture's width and height. */
async function toldAt(page, id, across, down) {
  const chart = page.locator(`#${id} .chart`);
  await chart.scrollIntoViewIfNeeded();
  await page.waitForSelector(`#${id} canvas`);
  const box = await chart.boundingBox();
  await page.mouse.move(box.x + across * box.width - 3, box.y + down * box.height);
  await page.mouse.move(box.x + across * box.width, box.y + down * box.height, { steps: 3 });
  return (await chart.innerText()).split("\n");
}

test("every kind of chart tells what is under the pointer", async () => {
  await on("kinds", {}, async (page) => {
    await page.setViewportSize({ width: 1280, height: 2000 });
    assert.deepEqual(await toldAt(page, "hours", 0.5, 0.3), ["Wednesday, 13:00", "£347.67"]);
    assert.deepEqual(await toldAt(page, "why", 0.8, 0.46), ["New products", "change +£11,850"]);
    assert.deepEqual(await toldAt(page, "holidays", 0.5, 0.22), ["Good Friday", "effect 61%", "90 % between 48% and 76%", "next: 18 Apr 2025"]);
    assert.deepEqual(await toldAt(page, "mixed", 0.5, 0.2), ["Shop", "sold 5,200", "returned -210"]);
    assert.deepEqual(await toldAt(page, "growth", 0.5, 0.1), ["Toys and games", "growth 48%"]);
    assert.match((await toldAt(page, "concentration", 0.5, 0.5))[0], /^share of products \d+%$/);
    assert.match((await toldAt(page, "years", 0.5, 0.5))[0], /^[A-Z][a-z]{2} 2023$/);
    const found = [];
    for (let across = 0.3; across < 0.9 && found.length === 0; across += 0.002) {
      found.push(...(await toldAt(page, "many", across, 0.5)).filter((line) => line));
    }
    assert.match(found.join("|"), /^Product \d+\|class [ABC]\|pieces [\d.,]+\|revenue £[\d.,]+$/);
  });
});

test("what is to be seen stands under the title, and a screen reader says it", async () => {
  await on("kinds", {}, async (page) => {
    for (const { id, title, finding } of charts) {
      assert.deepEqual(await page.locator(`#${id} .finding`).allTextContents(), finding ? [finding] : []);
      assert.equal(await page.locator(`#${id} .chart`).getAttribute("aria-label"), finding ? `${title}. ${finding}` : title);
    }
    await page.locator("#hours select").selectOption({ index: 1 });
    assert.match(await page.locator("#hours .finding").textContent(), /^In pieces/);
    assert.match(await page.locator("#hours .chart").getAttribute("aria-label"), /In pieces/);
  });
});

test("weekdays stand in the order of the reader's week", async () => {
  const open = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
  for (const [shop, week] of [["simulated", open], ["unfriendly", ["Sunday", ...open]]]) {
    await on(shop, {}, async (page) => {
      assert.deepEqual(await page.locator("#week tbody td:first-child").allTextContents(), week);
      await page.locator("#weekdays button", { hasText: "Numbers" }).click();
      assert.deepEqual(await page.locator("#weekdays tbody th").allTextContents(), week);
    });
  }
});

test("a picture is saved with its title, what is to be seen and its legend", async () => {
  await on("kinds", {}, async (page) => {
    await scrollThrough(page);
    const saved = page.waitForEvent("download");
    await page.locator("#hours button", { hasText: "Save picture" }).click();
    const file = await saved;
    assert.equal(file.suggestedFilename(), "hours.png");
    const png = readFileSync(await file.path());
    const canvas = await page.locator("#hours .chart").boundingBox();
    assert.equal(png.readUInt32BE(16), 2 * Math.round(canvas.width));
    assert.ok(png.readUInt32BE(20) > 2 * canvas.height + 150, "there is room for the words");
  });
});

test("the numbers of many dots are the first rows, the names first", async () => {
  await on("kinds", {}, async (page) => {
    await page.locator("#many button", { hasText: "Numbers" }).click();
    assert.equal(await page.locator("#many caption").textContent(), "The first 400 of 2000 rows");
    assert.deepEqual(await page.locator("#many thead th").allTextContents(), ["name", "group", "pieces", "revenue"]);
    assert.equal(await page.locator("#many tbody th").first().textContent(), "Product 0");
  });
});

test("pictures follow the window's width", async () => {
  await on("kinds", {}, async (page) => {
    await scrollThrough(page);
    await page.setViewportSize({ width: 390, height: 800 });
    await scrollThrough(page);
    for (const { id } of charts) {
      const [place, canvas] = [await page.locator(`#${id} .chart`).boundingBox(), await page.locator(`#${id} canvas`).first().boundingBox()];
      assert.ok(Math.abs(place.width - canvas.width) < 1.5, `${id}: ${canvas.width} px on ${place.width}`);
    }
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
  });
});

test("the keyboard reaches the pages, the tables' heads and the charts' choices", async () => {
  await on("simulated", {}, async (page) => {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the report");
    const met = [];
    for (let i = 0; i < 120; i++) {
      await page.keyboard.press("Tab");
      const [text, tag] = await page.evaluate(() => [document.activeElement.textContent, document.activeElement.tagName]);
      met.push(`${tag} ${text}`);
      if (text === "Products" && met.filter((m) => m === "A Products").length === 1) await page.keyboard.press("Enter");
    }
    assert.ok(met.includes("A Peaks") && met.includes("A Products"), met.slice(0, 12).join("\n"));
    assert.ok(met.some((m) => m.startsWith("SELECT")) || met.some((m) => m.startsWith("BUTTON Revenue")), "no choice or head");
    assert.ok(page.url().endsWith("#products"));
  });
});

/* What the list under the box holds. */
const options = (page) => page.locator("[role=option]").allTextContents();

test("the box finds pages, blocks, choices of charts and rows, best first, and opens them by the keyboard", async () => {
  const product = table(shops.simulated, "product_summary").at(-1);
  await on("simulated", {}, async (page) => {
    await page.keyboard.press("/");
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "combobox");
    await page.keyboard.type("seasons");
    assert.equal((await options(page))[0], "Seasonspage");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement.id === "seasons");
    await page.keyboard.press("/");
    await page.getByRole("combobox", { name: "Find in the report" }).fill(product.item.toLowerCase());
    const told = await options(page);
    const at = told.findIndex((t) => t.includes("All products"));
    assert.ok(at >= 0, told.join("\n"));
    for (let i = 0; i < at; i++) await page.keyboard.press("ArrowDown");
    const marked = await page.evaluate(() => document.getElementById(document.activeElement.getAttribute("aria-activedescendant")).textContent);
    assert.equal(marked, told[at]);
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement.matches("tr.found"));
    const row = page.locator("#all-products tr.found");
    assert.ok((await row.textContent()).includes(product.item));
    const inSight = await row.evaluate((r) => { const b = r.getBoundingClientRect(); return b.top > 0 && b.bottom < innerHeight; });
    assert.ok(inSight, "the row is not seen");
    assert.ok((await page.locator("#all-products input").inputValue()) !== "", "rows far down are filtered");
  });
});

test("what is found in a chart's choices is chosen, a click opens too, and Escape leaves", async () => {
  await on("simulated", {}, async (page) => {
    const name = await page.locator("#figures option").nth(2).textContent();
    const box = page.getByRole("combobox", { name: "Find in the report" });
    await box.fill(name);
    await page.locator("[role=option]", { hasText: "Key figures over time" }).first().click();
    await page.waitForFunction(() => document.activeElement.id === "figures");
    assert.equal(await page.locator("#figures select").inputValue(), "2");
    await page.evaluate(() => window.scrollTo(0, 3000));
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press("/");
    await box.fill("xyzzy");
    assert.equal(await page.getByRole("status").first().textContent(), "Nothing in the report holds that.");
    await page.keyboard.press("Escape");
    assert.equal(await box.inputValue(), "");
    assert.equal(await page.evaluate(() => document.activeElement.tagName), "BODY");
    assert.equal(await page.evaluate(() => window.scrollY), 3000);
  });
});

for (const [width, dark] of looks) {
  test(`the list of what was found at ${width} px, ${dark ? "dark" : "light"}: accessible, fits, not printed`, async () => {
    await on("unfriendly", { width, dark }, async (page) => {
      await page.getByRole("combobox", { name: "Find in the report" }).fill("o");
      assert.ok((await options(page)).length >= 20);
      const list = await page.locator("div.found").boundingBox();
      assert.ok(list.x >= 0 && list.x + list.width <= width, "it sticks out");
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run(".find"));
      assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
      await page.emulateMedia({ media: "print" });
      assert.equal(await page.locator(".find").isVisible(), false);
    });
  });
}

test("it prints: pages with charts, which need not have been seen", async () => {
  await on("simulated", {}, async (page) => {
    const pdf = await page.pdf({ format: "A4", printBackground: true });
    const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
    assert.ok(pages >= 3 && pages < 60, `${pages} pages`);
    for (const { name, count } of await inked(page)) assert.ok(count > 20, `the chart "${name}" is not printed`);
  });
});

test("a shop without sales shows what it has and says what is missing", async () => {
  await on("members", {}, async (page) => {
    const said = await page.locator(".headlines li").allTextContents();
    assert.ok(said[0].startsWith("The files hold no sales"), said.join("\n"));
    assert.ok(said[1].startsWith("Of 300 customers, 75 have left (25 %)."), said.join("\n"));
    assert.equal(await page.locator(".chart").count(), await page.locator("#keeping .chart").count(), "all are of who leaves");
    assert.match(await page.locator("#holdings").textContent(), /customers.*300/s);
    const data = await page.locator("#data").textContent();
    assert.match(data, /sales: would add everything/);
    assert.doesNotMatch(data, /What is forecast is/);
  });
  await on("nothing", {}, async (page) => {
    assert.ok((await page.locator(".headlines li").first().textContent()).startsWith("The files hold no sales"));
    assert.match(await page.locator("#data").textContent(), /sales: would add everything/);
  });
});

test("it stays one file of bearable size", () => {
  for (const shop of all) assert.ok(statSync(report(shop)).size < 5e6, shop);
});
