/* Chromium as the browser tests use it: offline, without anything of its own that would ask the network. */
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

export const program = process.env.FORESELL_CHROMIUM ?? "/usr/bin/chromium";
export const isThere = existsSync(program);

const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export function open() {
  return chromium.launch({ executablePath: program, args: flags });
}

/* A page showing `file`, with what went wrong and what it asked the network for. */
export async function show(browser, file, { width = 1280, height = 900, dark = false, script = true } = {}) {
  const context = await browser.newContext({
    viewport: { width, height }, offline: true, colorScheme: dark ? "dark" : "light", locale: "en-GB",
    timezoneId: "UTC", javaScriptEnabled: script, reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const faults = [], asked = [];
  page.on("console", (m) => { if (m.type() === "error" || m.type() === "warning") faults.push(m.text()); });
  page.on("pageerror", (e) => faults.push(String(e)));
  page.on("dialog", (d) => { faults.push(`dialog: ${d.message()}`); d.dismiss(); });
  page.on("request", (r) => { if (!/^(file|data|blob):/.test(r.url())) asked.push(r.url()); });
  const began = performance.now();
  await page.goto(pathToFileURL(file).href);
  if (script) await page.waitForSelector("main#main[aria-busy=false]");
  return { page, faults, asked, took: performance.now() - began, close: () => context.close() };
}

/* Scrolls through the page, so that all that is drawn on sight is drawn. */
export async function scrollThrough(page) {
  await page.evaluate(async () => {
    const step = window.innerHeight * 0.8;
    for (let y = 0; y < document.documentElement.scrollHeight; y += step) {
      window.scrollTo(0, y);
      await new Promise((r) => setTimeout(r, 40));
    }
    window.scrollTo(0, 0);
  });
  await page.waitForTimeout(150);
}
