/** ECharts options for a chart block: few colours, a zero line, what is to be seen said in words. */
import type { EChartsCoreOption } from "echarts/core";
import type { Style } from "./format";
import { heat, heightOfHeat } from "./heat";
import { look } from "./look";
import type { Chart } from "./model";
import { plane } from "./plane";
import { heightOfRows, listed } from "./rows";
import { isListed, isScatter, kindOf, shown, spoken, type Sheet, type Shown } from "./shown";
import { tip, type Pointed } from "./tip";

/** How high the picture is, in pixels. */
export function heightOf(seen: Shown): number {
  if (kindOf(seen) === "heat") return heightOfHeat(seen);
  if (isListed(seen)) return heightOfRows(seen);
  return isScatter(seen) ? 420 : 340;
}

function parts(sheet: Sheet): object {
  if (kindOf(sheet.seen) === "heat") return heat(sheet);
  return isListed(sheet.seen) ? listed(sheet) : plane(sheet);
}

/** Of one cell or dot where it is pointed at, else of all that stands at a place. */
function tooltip({ seen, style, look }: Sheet): object {
  const one = kindOf(seen) === "heat" || isScatter(seen);
  return {
    trigger: one ? "item" : "axis", confine: true, backgroundColor: look.page, borderColor: look.line,
    textStyle: { color: look.ink, fontSize: 13 }, axisPointer: { type: isListed(seen) ? "shadow" : "line" },
    formatter: (p: unknown) => tip(seen, style, p as Pointed | Pointed[]),
  };
}

/** For a picture of `width` pixels. */
export function options(chart: Chart, variant: number, style: Style, isDark: boolean, width = 1000): EChartsCoreOption {
  const seen = shown(chart, variant, style);
  const sheet = { seen, style, look: look(isDark), width };
  return {
    aria: { enabled: true, label: { description: spoken(seen) } },
    animation: false,
    textStyle: { fontFamily: "system-ui, sans-serif", color: sheet.look.ink },
    tooltip: tooltip(sheet),
    ...parts(sheet),
  };
}
