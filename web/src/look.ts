/** Colours of charts, on light and on dark pages: few, and told apart by colour-blind people. */

/** Okabe and Ito's palette; the second set is for dark pages. */
const light = ["#0072B2", "#C24E00", "#007A5A", "#A8487F", "#8A6500", "#2F7FB5", "#555555"];
const dark = ["#56B4E9", "#F0A060", "#35C79A", "#E3A5C6", "#F0C050", "#8FB8FF", "#BBBBBB"];

/** From little to much: on paper from pale to dark, on a dark page from dark to light, so that much always stands out. */
const paleToDark = ["#E4EFF8", "#B3D3EC", "#6BAAD9", "#2C7FBF", "#0A5493", "#062F5E"];
const darkToLight = ["#1D2D3D", "#1F4C73", "#2673AB", "#4C9FD6", "#8CC6EC", "#D3EBFB"];

export interface Look {
  ink: string;
  page: string;
  /** Of axes and frames. */
  line: string;
  /** Of the grid behind the picture. */
  grid: string;
  /** Of bars that are neither gain nor loss. */
  neutral: string;
  scale: string[];
  colours: string[];
}

export function palette(isDark: boolean): string[] { return isDark ? dark : light; }

export function look(isDark: boolean): Look {
  return isDark
    ? { ink: "#dddddd", page: "#16181a", line: "#3a3d40", grid: "#2b2e31", neutral: "#8d959c", scale: darkToLight, colours: dark }
    : { ink: "#333333", page: "#ffffff", line: "#d8d8d8", grid: "#ececec", neutral: "#8a929a", scale: paleToDark, colours: light };
}

export function colourOf(look: Look, series: number): string {
  return look.colours[series % look.colours.length] ?? look.ink;
}

function parts(hex: string): number[] {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

/** The colour of a share of the way along a scale. */
export function along(scale: string[], share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (scale.length - 1);
  const i = Math.min(Math.floor(place), scale.length - 2);
  const [from, to] = [parts(scale[i] ?? ""), parts(scale[i + 1] ?? "")];
  return `#${from.map((f, k) => Math.round(f + ((to[k] ?? f) - f) * (place - i)).toString(16).padStart(2, "0")).join("")}`;
}

/** What can be read on a colour: black or white. */
export function inkOn(hex: string): string {
  const [r = 0, g = 0, b = 0] = parts(hex).map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#111111" : "#ffffff";
}
