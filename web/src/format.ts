/** Figures as people write them, in the reader's locale and the shop's currency. */
import type { Cell, Format } from "./model";

export interface Style {
  locale: string | undefined;
  currency: string;
  period: "day" | "week" | "month";
}

const missing = "–";

function isCurrency(code: string): boolean {
  return /^[A-Z]{3}$/.test(code);
}

/** Money without pennies above 1,000; with the currency's sign where there is one. */
export function money(value: number, style: Style): string {
  const digits = Math.abs(value) >= 1000 ? 0 : 2;
  const base: Intl.NumberFormatOptions = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  if (!isCurrency(style.currency)) return new Intl.NumberFormat(style.locale, base).format(value);
  const full: Intl.NumberFormatOptions = { ...base, style: "currency", currency: style.currency };
  return new Intl.NumberFormat(style.locale, full).format(value);
}

export function number(value: number, style: Style): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 3;
  return new Intl.NumberFormat(style.locale, { maximumFractionDigits: digits }).format(value);
}

export function whole(value: number, style: Style): string {
  return new Intl.NumberFormat(style.locale, { maximumFractionDigits: 0 }).format(value);
}

export function date(iso: string, style: Style): string {
  const day = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return iso;
  const shape: Intl.DateTimeFormatOptions = { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat(style.locale, shape).format(day);
}

export function show(value: Cell, format: Format | string, style: Style): string {
  if (value === null || value === "") return missing;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (format === "date") return date(String(value), style);
  if (typeof value === "string") return value;
  if (!Number.isFinite(value)) return missing;
  switch (format) {
    case "money": return money(value, style);
    case "share": return new Intl.NumberFormat(style.locale, { style: "percent", maximumFractionDigits: 1 }).format(value);
    case "integer": return whole(value, style);
    case "times": return `${new Intl.NumberFormat(style.locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value)} ×`;
    default: return number(value, style);
  }
}

/** Short form for axes: £12k, 1.5M, 40%. */
export function short(value: number, format: Format | string, style: Style): string {
  if (format === "share") return show(value, format, style);
  const base: Intl.NumberFormatOptions = { notation: "compact", maximumFractionDigits: 1 };
  if (format !== "money" || !isCurrency(style.currency)) return new Intl.NumberFormat(style.locale, base).format(value);
  return new Intl.NumberFormat(style.locale, { ...base, style: "currency", currency: style.currency }).format(value);
}

export function isRight(format: Format): boolean {
  return format === "integer" || format === "number" || format === "money" || format === "share" || format === "times";
}
