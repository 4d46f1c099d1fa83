/** Figures as people write them, in the reader's locale and the shop's currency. */
import type { Cell, Format, Grain } from "./model";

export interface Style {
  locale: string | undefined;
  currency: string;
  period: "day" | "week" | "month";
}

const missing = "–";

function isCurrency(code: string): boolean {
  return /^[A-Z]{3}$/.test(code);
}

/** Rounded, and nought without a sign. */
function near(value: number, digits: number): number {
  return Number(value.toFixed(digits)) || 0;
}

/** Money without pennies above 1,000; with the currency's sign where there is one. */
export function money(value: number, style: Style): string {
  const digits = Math.abs(value) >= 1000 ? 0 : 2;
  const base: Intl.NumberFormatOptions = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  if (!isCurrency(style.currency)) return new Intl.NumberFormat(style.locale, base).format(near(value, digits));
  const full: Intl.NumberFormatOptions = { ...base, style: "currency", currency: style.currency };
  return new Intl.NumberFormat(style.locale, full).format(near(value, digits));
}

export function number(value: number, style: Style): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 3;
  return new Intl.NumberFormat(style.locale, { maximumFractionDigits: digits }).format(near(value, digits));
}

export function whole(value: number, style: Style): string {
  return new Intl.NumberFormat(style.locale, { maximumFractionDigits: 0 }).format(near(value, 0));
}

export function date(iso: string, style: Style): string {
  const month = /^\d{4}-\d\d$/.test(iso);
  const day = new Date(`${month ? `${iso}-01` : iso.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return iso;
  const shape: Intl.DateTimeFormatOptions = { year: "numeric", month: "short", ...(month ? {} : { day: "numeric" }), timeZone: "UTC" };
  return new Intl.DateTimeFormat(style.locale, shape).format(day);
}

/** A stretch of time by its first day: "2 Jan 2024", "week from 1 Jan 2024", "Jan 2024", "Q1 2024", "2024". */
export function stretch(iso: string, grain: Grain, style: Style): string {
  const year = iso.slice(0, 4);
  if (!/^\d{4}-\d\d/.test(iso)) return date(iso, style);
  switch (grain) {
    case "year": return year;
    case "quarter": return `Q${Math.ceil(Number(iso.slice(5, 7)) / 3)} ${year}`;
    case "month": return date(iso.slice(0, 7), style);
    case "week": return `week from ${date(iso, style)}`;
    default: return date(iso, style);
  }
}

/** A share that is not nought is never written as nought, and nought has no sign. */
function share(value: number, style: Style): string {
  const format = new Intl.NumberFormat(style.locale, { style: "percent", maximumFractionDigits: 1 });
  return value > 0 && value < 0.0005 ? `< ${format.format(0.001)}` : format.format(Math.round(value * 1000) / 1000 || 0);
}

function times(value: number, style: Style): string {
  const digits = Math.abs(value) >= 100 ? 0 : 1;
  return `${new Intl.NumberFormat(style.locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)} ×`;
}

/** A place on an axis of time, midnight where the reader is: "2024" for a January, "Feb", "17 Feb". */
export function tick(time: number, style: Style): string {
  const at = new Date(time);
  const write = (shape: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(style.locale, shape).format(at);
  if (at.getDate() !== 1) return write({ day: "numeric", month: "short" });
  return at.getMonth() === 0 ? String(at.getFullYear()) : write({ month: "short" });
}

export function show(value: Cell, format: Format | string, style: Style): string {
  if (value === null || value === "") return missing;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (format === "date") return date(String(value), style);
  if (typeof value === "string") return value;
  if (!Number.isFinite(value)) return missing;
  switch (format) {
    case "money": return money(value, style);
    case "share": return share(value, style);
    case "integer": return whole(value, style);
    case "times": return times(value, style);
    default: return number(value, style);
  }
}

/** A change, with its sign: "+£12.50", "-3". */
export function signed(value: number, format: Format | string, style: Style, write = show): string {
  return `${value > 0 ? "+" : ""}${write(value, format, style)}`;
}

/** How a figure changed: "+8%"; of shares in points: "+1.2 points". Empty where there is nothing to compare with. */
export function change(now: number | null, before: number | null, format: Format, style: Style): string {
  if (now === null || before === null) return "";
  const isShare = format === "share";
  if (!isShare && !(before > 0)) return "";
  const by = isShare ? 100 * (now - before) : now / before - 1;
  if (isShare) return `${signed(near(by, 1), "number", style)} points`;
  return by >= 9.995 ? times(by + 1, style) : signed(near(by, 3), "share", style);
}

/** Short form for axes: £12k, 1.5M, 40%. */
export function short(value: number, format: Format | string, style: Style, atMost?: number): string {
  if (format === "share") return show(value, format, style);
  const digits = atMost ?? (Math.abs(value) >= 100 && Math.abs(value) < 1000 ? 0 : 1);
  const base: Intl.NumberFormatOptions = { notation: "compact", maximumFractionDigits: digits };
  if (format !== "money" || !isCurrency(style.currency)) return new Intl.NumberFormat(style.locale, base).format(value);
  return new Intl.NumberFormat(style.locale, { ...base, style: "currency", currency: style.currency }).format(value);
}

export function isRight(format: Format): boolean {
  return format === "integer" || format === "number" || format === "money" || format === "share" || format === "times";
}
