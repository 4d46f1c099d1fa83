/** The picture that one saves: with the title, what is to be seen and the legend, which stand around it on the page. */
import type { Key } from "./legend";
import type { Look } from "./look";

const margin = 16;
const family = "system-ui, sans-serif";
const fonts = { title: `600 18px ${family}`, finding: `15px ${family}`, legend: `13px ${family}` };

type Pen = CanvasRenderingContext2D;

function wrapped(pen: Pen, text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const longer = lines.length > 0 ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length > 0 && pen.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Writes lines from `top` on, and gives where they end. */
function write(pen: Pen, text: string, font: string, leading: number, top: number, width: number): number {
  pen.font = font;
  const lines = wrapped(pen, text, width);
  lines.forEach((line, i) => pen.fillText(line, margin, top + (i + 0.75) * leading));
  return top + lines.length * leading;
}

function scale(pen: Pen, key: Key, x: number, y: number): number {
  const shade = pen.createLinearGradient(x, 0, x + 90, 0);
  key.colours.forEach((colour, i) => shade.addColorStop(i / (key.colours.length - 1), colour));
  pen.fillStyle = shade;
  pen.fillRect(x, y - 9, 90, 10);
  return 90;
}

function shape(pen: Pen, key: Key, x: number, y: number): number {
  if (key.shape === "none") return 0;
  pen.fillStyle = pen.strokeStyle = key.colours[0] ?? "";
  pen.lineWidth = key.shape === "ring" ? 1.5 : 3;
  pen.setLineDash(key.shape === "dashed" ? [6, 4] : []);
  pen.beginPath();
  if (key.shape === "box") pen.fillRect(x, y - 10, 12, 11);
  else if (key.shape === "dot" || key.shape === "ring") pen.arc(x + 6, y - 4.5, 4.5, 0, 7);
  else { pen.moveTo(x, y - 4); pen.lineTo(x + 24, y - 4); }
  if (key.shape === "dot") pen.fill();
  else if (key.shape !== "box") pen.stroke();
  return key.shape === "line" || key.shape === "dashed" ? 24 : 12;
}

/** Keys beside each other, in as many lines as they need. */
function legend(pen: Pen, keys: Key[], look: Look, top: number, width: number): number {
  let [x, y] = [margin, top + 16];
  pen.font = fonts.legend;
  const text = (words: string) => { pen.fillStyle = look.ink; pen.fillText(words, x, y); x += pen.measureText(words).width; };
  for (const key of keys) {
    const long = pen.measureText(`${key.text}${key.end ?? ""}`).width + (key.end ? 110 : 30);
    if (x > margin && x + long > width) [x, y] = [margin, y + 20];
    if (key.end !== undefined) {
      text(key.text);
      x += 6;
      x += scale(pen, key, x, y) + 6;
      text(key.end);
    } else {
      const wide = shape(pen, key, x, y);
      x += wide > 0 ? wide + 6 : 0;
      text(key.text);
    }
    x += 18;
  }
  return keys.length > 0 ? y + 10 : top;
}

function words(pen: Pen, title: string, finding: string, keys: Key[], look: Look, width: number): number {
  pen.fillStyle = look.ink;
  let y = write(pen, title, fonts.title, 24, margin, width - 2 * margin);
  if (finding) y = write(pen, finding, fonts.finding, 21, y + 2, width - 2 * margin);
  return legend(pen, keys, look, y + 2, width - margin);
}

/** `drawn` has `ratio` pixels for each of the page's. */
export function withWords(drawn: HTMLCanvasElement, ratio: number, title: string, finding: string, keys: Key[], look: Look): HTMLCanvasElement {
  const whole = document.createElement("canvas");
  const pen = whole.getContext("2d");
  if (!pen) return drawn;
  const width = drawn.width / ratio;
  const top = words(pen, title, finding, keys, look, width); // once to see how high they are
  whole.width = drawn.width;
  whole.height = Math.ceil((top + 6) * ratio) + drawn.height + margin;
  pen.fillStyle = look.page;
  pen.fillRect(0, 0, whole.width, whole.height);
  pen.drawImage(drawn, 0, Math.ceil((top + 6) * ratio));
  pen.scale(ratio, ratio);
  words(pen, title, finding, keys, look, width);
  return whole;
}
