// The tab "How good?": the measures of a checkpoint beside others, and class by class.

const MEASURE_MEANING = "cgan-meaning";

/** A table of measures, each with what it means, and a chart of the classes; drawn anew for another checkpoint. */
function mountReport(element, props, watch) {
  const report = element.querySelector(".cgan-report");
  const say = cganInside.say;
  let measure = "fid"; // of each class
  const make = (tag, className = "", content = "") => {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = content;
    return made;
  };

  const tableOf = ({ columns, rows }) => {
    const table = make("table");
    const head = make("tr");
    head.append(make("th"), ...columns.map((column) => make("th", "", say(column))));
    table.append(head);
    for (const { title, meaning, cells } of rows) {
      const row = make("tr");
      const first = make("th");
      first.scope = "row";
      first.append(make("span", "", say(title)), make("small", MEASURE_MEANING, say(meaning)));
      row.append(first, ...cells.map((cell) => make("td", "", say(cell))));
      table.append(row);
    }
    return table;
  };

  /** A bar a column for each class; FIDs differ so much that lengths are their square roots. */
  const chartOf = ({ columns, by_class: byClass }) => {
    const chart = make("div", "cgan-classes");
    const classes = byClass[measure];
    const largest = Math.max(...classes.flatMap(({ values }) => values.map((value) => value ?? 0)), 1e-9);
    const share = (value) => (measure === "fid" ? Math.sqrt(value / largest) : value);
    const written = (value) => (measure === "fid" ? value.toPrecision(2) : percent(value));
    for (const { name, values } of classes) {
      const group = make("div");
      group.append(make("span", "", say(name)));
      values.forEach((value, kind) => {
        if (value === null) return;
        const bar = make("div", "cgan-bar", written(value));
        bar.dataset.kind = kind;
        bar.title = say(columns[kind]);
        bar.style.setProperty("--share", share(value));
        group.append(bar);
      });
      chart.append(group);
    }
    return chart;
  };

  const legendOf = ({ columns }) => {
    const legend = make("p");
    columns.forEach((column, kind) => {
      const entry = make("span", "cgan-kind", say(column));
      entry.dataset.kind = kind;
      legend.append(entry);
    });
    return legend;
  };

  /** What the bars show. */
  const menuOf = ({ by_class: byClass }) => {
    const menu = make("select");
    menu.ariaLabel = text("by_class_measure");
    for (const name of Object.keys(byClass)) menu.add(new Option(text(`measure_${name}`), name, false, name === measure));
    menu.addEventListener("input", () => {
      measure = menu.value;
      show();
      report.querySelector("select").focus();
    });
    return menu;
  };

  const show = () => {
    const value = props.value;
    if (!value) return;
    const parts = value.missing ? [make("p", "", say(value.missing))] : [];
    const about = text(measure === "fid" ? "by_class_fid" : "by_class_share");
    parts.push(tableOf(value), make("h3", "", text("by_class")), menuOf(value), make("p", "", about));
    report.replaceChildren(...parts, legendOf(value), chartOf(value));
    report.dataset.checkpoint = say(value.columns[0]);
  };
  watch("value", show);
  show();
}

Object.assign(window.cgan, { mountReport });
