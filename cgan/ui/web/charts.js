// Charts over the training images seen, on a logarithmic axis: drawn by uPlot, a mark moved over them by us.

const CHART_HEIGHT = 150; // CSS pixels

let chartsReady = null; // whether uPlot could be had

/** Load uPlot when the first chart is wanted. */
function loadCharts() {
  chartsReady ??= (async () => {
    const { charts } = await (await fetch(`${filesAt}generators.json`, { cache: "no-cache" })).json();
    if (!charts) return false;
    const base = `${filesAt}uplot-${charts}/`;
    const added = [
      Object.assign(document.createElement("link"), { rel: "stylesheet", href: `${base}uPlot.min.css` }),
      Object.assign(document.createElement("script"), { src: `${base}uPlot.iife.min.js` }),
    ];
    await Promise.all(
      added.map((element) => {
        const loaded = new Promise((resolve, reject) => Object.assign(element, { onload: resolve, onerror: reject }));
        document.head.append(element);
        return loaded;
      }),
    );
    return true;
  })().catch(() => false);
  return chartsReady;
}

const compact = (count) => new Intl.NumberFormat(language(), { notation: "compact" }).format(count);
const colourOf = (name) => getComputedStyle(document.body).getPropertyValue(name);
const COLOURS = ["#6366f1", "#f59e0b"]; // told apart also by those who see no red or green, on white and on black

/** The index of the last of ascending `xs` that is not beyond x; -1 where all are. */
const lastUpTo = (xs, x) => xs.findLastIndex((at) => at <= x);

/**
 * A chart in `box`: its title, what its lines are at the mark, and the lines where uPlot is at hand.
 *
 * series: [{name, xs, ys}], show(y) says a value, range is [first, last] of the axis; moved(x) is called as a hand
 * moves the mark. Returns {move(x), destroy()}.
 */
function makeChart(box, { title, series, show, range, moved, missing }) {
  const heading = Object.assign(document.createElement("h4"), { textContent: title });
  const legend = document.createElement("p");
  const stage = document.createElement("div");
  const names = series.map((_, index) => {
    const name = document.createElement("span");
    name.style.setProperty("--colour", COLOURS[index]);
    return name;
  });
  legend.append(...names, ...missing.map((line) => Object.assign(document.createElement("em"), { textContent: line })));
  box.replaceChildren(heading, legend, stage);
  let plot = null;
  let mark = null;
  let at = range[0];

  const move = (x) => {
    at = x;
    series.forEach(({ name, xs, ys }, index) => {
      const value = ys[lastUpTo(xs, x)];
      names[index].textContent = value === undefined ? name : `${name} ${show(value)}`;
    });
    if (plot) mark.style.left = `${plot.valToPos(Math.min(range[1], Math.max(range[0], x)), "x")}px`;
  };
  const draw = () => {
    const width = stage.clientWidth;
    if (!width || !series.length) return;
    if (plot) return void plot.setSize({ width, height: CHART_HEIGHT });
    const options = plotOptions(width, range, show, series.length);
    options.hooks = { drawClear: [() => requestAnimationFrame(() => move(at))] }; // its size may have changed
    plot = new uPlot(options, uPlot.join(series.map(({ xs, ys }) => [xs, ys])), stage);
    plot.ctx.canvas.setAttribute("role", "img");
    plot.ctx.canvas.setAttribute("aria-label", title);
    mark = Object.assign(document.createElement("div"), { className: "cgan-chart-mark" });
    plot.over.append(mark);
    const follow = (event) => moved(plot.posToVal(event.clientX - plot.over.getBoundingClientRect().left, "x"));
    plot.over.addEventListener("pointerdown", (event) => {
      plot.over.setPointerCapture(event.pointerId);
      follow(event);
    });
    plot.over.addEventListener("pointermove", (event) => {
      if (plot.over.hasPointerCapture(event.pointerId)) follow(event);
    });
    move(at);
  };
  const observer = new ResizeObserver(draw);
  loadCharts().then((can) => can && observer.observe(stage));
  move(at);
  const destroy = () => {
    observer.disconnect();
    plot?.destroy();
  };
  return { move, destroy };
}

/** uPlot leaves out what has no room. */
const orNothing = (tick) => (tick === null ? "" : compact(tick));

/** A plot that only shows, and takes no hand. */
const withoutControls = (width, height) => ({ width, height, legend: { show: false }, cursor: { show: false } });

function axisStyle() {
  const grid = { stroke: colourOf("--border-color-primary"), width: 1 };
  return { stroke: colourOf("--body-text-color-subdued"), font: "12px system-ui", grid, ticks: grid };
}

/** What uPlot is to draw: the horizontal axis logarithmic, the vertical one from 0 on or below. */
function plotOptions(width, range, show, lines) {
  const axis = axisStyle();
  return {
    ...withoutControls(width, CHART_HEIGHT),
    scales: {
      x: { time: false, distr: 3, range: () => range },
      y: { range: (_, low, high) => [Math.min(0, low), high] },
    },
    axes: [
      { ...axis, size: 28, splits: () => powersOfTen(range), values: (_, ticks) => ticks.map(orNothing) },
      { ...axis, size: 54, values: (_, ticks) => ticks.map(show) },
    ],
    series: [
      {},
      ...COLOURS.slice(0, lines).map((stroke) => ({ stroke, width: 2, spanGaps: true, points: { show: false } })),
    ],
  };
}

/** The powers of ten in a range: what a logarithmic axis is marked with. */
function powersOfTen([first, last]) {
  const exponents = [Math.ceil(Math.log10(first)), Math.floor(Math.log10(last))];
  return Array.from({ length: exponents[1] - exponents[0] + 1 }, (_, index) => 10 ** (exponents[0] + index));
}
