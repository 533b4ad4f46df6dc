// One chart as SVG: axes, lines or bars, a mark that a pointer moves, and a cursor that reads values.
// SVG takes its colours from the page's CSS variables, so a change to dark mode needs no redrawing.

/**
 * An axis: its range, and how a value is written. A logarithmic axis needs a positive range; one of whole numbers has
 * no ticks between them. `ticks`, where given, are labelled in the place of round numbers.
 * @typedef {{ low: number, high: number, format: (value: number) => string, log?: boolean, whole?: boolean,
 *   ticks?: number[] }} Axis
 *
 * One series. A line goes through (xs[i], ys[i]); bars stand side by side on [xs[i], xs[i + 1]], so `xs` has one more
 * entry than `ys`. A value that is null or not finite interrupts a line.
 * @typedef {{ name: string, xs: number[], ys: (number | null)[], colour: string, bars?: boolean }} Series
 *
 * label: the chart in words, for those who cannot see it. mark: where a vertical line stands, in units of x.
 * @typedef {{ label: string, x: Axis, y: Axis, series: Series[], mark?: number }} Plot
 */

const MARGIN = { top: 8, right: 14, bottom: 24, left: 50 }; // CSS pixels, for the labels of the axes
const MOST_POINTS = 1500; // of a line: about one for each pixel

/**
 * The multiples, from low to high, of a round step: 1, 2 or 5 times a power of ten, and at least `least`. There are at
 * most `count + 1`.
 * @param {number} low
 * @param {number} high
 * @param {number} count
 */
export function roundTicks(low, high, count, least = 0) {
  const rough = Math.max((high - low) / count, least) || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/**
 * The powers of ten from low to high, both positive: the ticks of a logarithmic axis.
 * @param {number} low
 * @param {number} high
 */
export function powersOfTen(low, high) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => 10 ** (first + index));
}

/**
 * The index of the last of ascending `xs` that is not beyond x; -1 where all are.
 * @param {number[]} xs
 * @param {number} x
 */
export const lastUpTo = (xs, x) => xs.findLastIndex((at) => at <= x);

/**
 * The share of the axis, 0 to 1, at which a value lies; its inverse.
 * @param {Axis} axis
 */
export function axisScale({ low, high, log }) {
  const [from, to, read] = log
    ? [Math.log, Math.exp, (value) => Math.max(value, low)]
    : [(value) => value, (value) => value, (value) => value];
  const [start, length] = [from(low), from(high) - from(low) || 1];
  return {
    share: (value) => (from(read(value)) - start) / length,
    value: (share) => to(start + Math.min(1, Math.max(0, share)) * length),
  };
}

/** Every n-th entry, the last among them, where there are more than `most`. */
function thinned(indices, most) {
  const step = Math.ceil(indices.length / most);
  return step <= 1 ? indices : indices.filter((_, place) => place % step === 0 || place === indices.length - 1);
}

function svgElement(tag, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

/**
 * A chart in `stage`, as wide as that is and `height` CSS pixels high. `onMove`, where given, is called with a value of
 * x as a pointer or the arrow keys move the mark. Returns `draw(plot)` and `mark(x)`.
 * @param {HTMLElement} stage
 * @param {number} height
 * @param {(x: number) => void} [onMove]
 */
export function mountChart(stage, height, onMove) {
  const svg = svgElement("svg", { class: "cgan-svg-chart", role: "img", height });
  const cursor = svgElement("line", { class: "cgan-chart-cursor", visibility: "hidden" });
  const readout = svgElement("text", { class: "cgan-chart-readout", y: MARGIN.top + 10 });
  const markLine = svgElement("line", { class: "cgan-chart-mark" });
  stage.replaceChildren(svg);
  if (onMove) svg.tabIndex = 0;
  /** @type {Plot | null} */
  let plot = null;
  let width = 0;

  const inner = () => ({ width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom });
  const xAt = (value) => MARGIN.left + axisScale(plot.x).share(value) * inner().width;
  const yAt = (value) => MARGIN.top + (1 - axisScale(plot.y).share(value)) * inner().height;
  const placeVertical = (line, x) => {
    const place = { x1: x, x2: x, y1: MARGIN.top, y2: height - MARGIN.bottom, visibility: "visible" };
    for (const [name, value] of Object.entries(place)) line.setAttribute(name, String(value));
  };

  /** @type {(axis: Axis, room: number) => number[]} */
  const ticksOf = ({ low, high, log, whole, ticks }, room) =>
    ticks ?? (log ? powersOfTen(low, high) : roundTicks(low, high, room, whole ? 1 : 0));
  const gridLines = () => {
    const right = width - MARGIN.right;
    const horizontal = ticksOf(plot.y, 3).flatMap((tick) => [
      svgElement("line", { class: "cgan-chart-grid", x1: MARGIN.left, x2: right, y1: yAt(tick), y2: yAt(tick) }),
      svgElement("text", { x: MARGIN.left - 6, y: yAt(tick) + 4, "text-anchor": "end" }, plot.y.format(tick)),
    ]);
    const room = Math.max(1, Math.floor(inner().width / 60)); // labels that fit beside each other
    const vertical = ticksOf(plot.x, room).map((tick) =>
      svgElement("text", { x: xAt(tick), y: height - 8, "text-anchor": "middle" }, plot.x.format(tick)),
    );
    return [...horizontal, ...vertical];
  };
  const lineOf = ({ xs, ys, colour }) => {
    let pen = "M";
    const path = thinned([...xs.keys()], MOST_POINTS).map((index) => {
      const y = ys[index];
      if (y === null || !Number.isFinite(y)) {
        pen = "M";
        return "";
      }
      const step = `${pen}${xAt(xs[index]).toFixed(1)} ${yAt(y).toFixed(1)}`;
      pen = "L";
      return step;
    });
    return [svgElement("path", { class: "cgan-chart-line", d: path.join(""), stroke: colour })];
  };
  const barsOf = ({ xs, ys, colour }) =>
    ys.map((y, index) => {
      const [left, top] = [xAt(xs[index]), yAt(y)];
      const size = { width: Math.max(0, xAt(xs[index + 1]) - left - 0.5), height: yAt(plot.y.low) - top };
      return svgElement("rect", { class: "cgan-chart-bar", x: left, y: top, ...size, fill: colour });
    });

  const paint = () => {
    width = stage.clientWidth;
    if (!plot || width <= MARGIN.left + MARGIN.right) return;
    svg.setAttribute("width", String(width));
    svg.setAttribute("aria-label", plot.label);
    const series = plot.series.flatMap((each) => (each.bars ? barsOf(each) : lineOf(each)));
    svg.replaceChildren(...gridLines(), ...series, markLine, cursor, readout);
    placeMark();
  };
  const placeMark = () => {
    if (plot.mark === undefined) return markLine.setAttribute("visibility", "hidden");
    placeVertical(markLine, xAt(Math.min(plot.x.high, Math.max(plot.x.low, plot.mark))));
  };

  /** The values at the cursor: of a line the last point up to it, of bars the bar beneath it. */
  const showCursor = (x) => {
    placeVertical(cursor, xAt(x));
    const values = plot.series.flatMap(({ name, xs, ys }) => {
      const y = ys[lastUpTo(xs, x)];
      return y === undefined || y === null ? [] : [`${name} ${plot.y.format(y)}`.trim()];
    });
    readout.textContent = [plot.x.format(x), ...values].join(" · ");
    const isRight = axisScale(plot.x).share(x) > 0.5;
    readout.setAttribute("x", String(xAt(x) + (isRight ? -6 : 6)));
    readout.setAttribute("text-anchor", isRight ? "end" : "start");
  };
  const hideCursor = () => {
    cursor.setAttribute("visibility", "hidden");
    readout.textContent = "";
  };
  const valueUnder = (event) => {
    const left = svg.getBoundingClientRect().left + MARGIN.left;
    return axisScale(plot.x).value((event.clientX - left) / inner().width);
  };
  svg.addEventListener("pointerdown", (event) => {
    if (!plot) return;
    if (onMove) {
      svg.setPointerCapture(event.pointerId);
      onMove(valueUnder(event));
    } else {
      showCursor(valueUnder(event)); // a finger has no hover
    }
  });
  svg.addEventListener("pointermove", (event) => {
    if (!plot) return;
    if (svg.hasPointerCapture(event.pointerId) && onMove) onMove(valueUnder(event));
    else showCursor(valueUnder(event));
  });
  svg.addEventListener("pointerleave", hideCursor);
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -0.01, ArrowRight: 0.01 }[event.key];
    if (!step || !onMove || !plot) return;
    event.preventDefault();
    const { share, value } = axisScale(plot.x);
    onMove(value(share(plot.mark ?? plot.x.low) + step));
  });

  new ResizeObserver(paint).observe(stage);
  return {
    /** @param {Plot} newPlot */
    draw(newPlot) {
      plot = newPlot;
      hideCursor();
      paint();
    },
    /** @param {number} x */
    mark(x) {
      if (!plot) return;
      plot = { ...plot, mark: x };
      if (svg.firstChild) placeMark();
    },
  };
}
