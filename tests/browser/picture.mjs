#!/usr/bin/env node
/* Takes a picture of a report: node tests/browser/picture.mjs REPORT.html OUT.png [--width 1280] [--height 860] [--dark] [--all]
 *
 * docs/report.png is the first screen of a simulated shop's report, made by `tests/browser/readme-picture`.
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { open, scrollThrough, show } from "./browser.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    width: { type: "string", default: "1280" }, height: { type: "string", default: "860" },
    dark: { type: "boolean", default: false }, all: { type: "boolean", default: false },
  },
});
if (positionals.length !== 2) {
  console.error("usage: picture.mjs REPORT.html OUT.png [--width N] [--height N] [--dark] [--all]");
  process.exit(2);
}
const browser = await open();
try {
  const { page } = await show(browser, resolve(positionals[0]),
    { width: Number(values.width), height: Number(values.height), dark: values.dark });
  if (values.all) await scrollThrough(page);
  await page.waitForTimeout(300);
  await page.screenshot({ path: positionals[1], fullPage: values.all });
} finally {
  await browser.close();
}
