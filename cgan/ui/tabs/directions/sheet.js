// Style mixing, on the tab "Directions": a sheet of classes by seeds, where a cell takes its class from one picture
// and its z from another.

const SHEET_SEEDS = 8;

const sheetTab = { draw: null, chosen: firstOf("directions", "cell") }; // row (class) and column (seed) of the chosen cell

function mountSheet(element, first, server) {
  const sheet = element.querySelector(".cgan-sheet-canvas");
  const cells = element.querySelector(".cgan-cells");
  const frame = (name) => element.querySelector(`.cgan-cell-${name}`);
  const triple = element.querySelector(".cgan-triple");
  const caption = element.querySelector("figcaption");
  const [rowNames, columnNames] = ["rows", "columns"].map((name) => element.querySelector(`.cgan-sheet-${name}`));
  directionsTab.request ??= first;
  let shown = null; // {pixels, seed, index}: what the sheet shows, and class and seed that the controls have
  fillTexts(element);
  cells.ariaLabel = text("sheet_cells");
  const [width, height] = [SHEET_SEEDS, CLASSES].map((count) => count * (SIZE + GAP) - GAP);
  Object.assign(sheet, { width, height }); // its place, before there is anything to be seen in it
  fillNames(rowNames, allClasses());

  const refit = () => {
    cells.style.width = "100%";
    fit(sheet, onPhone() ? Infinity : 600);
    Object.assign(cells.style, { width: sheet.style.width, height: sheet.style.height });
    rowNames.style.height = sheet.style.height;
    columnNames.style.width = sheet.style.width;
    fit(triple, 200);
    element.querySelector(".cgan-triple-names").style.width = triple.style.width;
  };
  const place = (name, row, column) => {
    Object.assign(frame(name).style, {
      display: "block",
      left: `${(100 * column * (SIZE + GAP)) / width}%`,
      top: `${(100 * row * (SIZE + GAP)) / height}%`,
      width: `${(100 * SIZE) / width}%`,
      height: `${(100 * SIZE) / height}%`,
    });
  };
  /** The chosen cell, and the two that it comes from: its class in the first seed, its seed in the controls' class. */
  const showChosen = () => {
    const [row, column] = sheetTab.chosen;
    const { pixels, seed, index } = shown;
    const picture = (r, c) => pixels.subarray((r * SHEET_SEEDS + c) * PIXELS, (r * SHEET_SEEDS + c + 1) * PIXELS);
    place("class", row, 0);
    place("z", index, column);
    place("chosen", row, column);
    const three = new Uint8Array(3 * PIXELS);
    [picture(row, 0), picture(index, column), picture(row, column)].forEach((part, k) => three.set(part, k * PIXELS));
    paint(triple, three, 3, 4);
    const values = { class: className(row), other: className(index), seed: seed + column };
    caption.textContent = text("sheet_chosen", values);
    triple.setAttribute("aria-label", caption.textContent);
    Object.assign(triple.dataset, { class: row, seed: seed + column });
    refit();
  };
  const choose = (row, column) => {
    const inside = (value, count) => Math.min(count - 1, Math.max(0, value));
    sheetTab.chosen = [inside(row, CLASSES), inside(column, SHEET_SEEDS)];
    see({ cell: sheetTab.chosen });
    if (shown) showChosen();
  };
  cells.addEventListener("pointerdown", (event) => {
    const box = cells.getBoundingClientRect();
    const at = (offset, length, count) => Math.floor((offset / length) * count);
    choose(at(event.clientY - box.top, box.height, CLASSES), at(event.clientX - box.left, box.width, SHEET_SEEDS));
  });
  cells.addEventListener("keydown", (event) => {
    const step = KEYS[event.key];
    if (!step) return;
    event.preventDefault();
    choose(sheetTab.chosen[0] + step[1], sheetTab.chosen[1] + step[0]);
  });

  const draw = newestOnly(async () => {
    const [checkpoint, index, seed] = directionsTab.request;
    const columns = Array.from({ length: SHEET_SEEDS }, (_, column) => seed + column);
    const rows = Array.from({ length: CLASSES }, (_, row) => row);
    const pixels = drawsHere(checkpoint)
      ? await sampleHere(checkpoint, rows.flatMap((row) => columns.map(() => row)), rows.flatMap(() => columns), 1, drawBehind)
      : decode((await drawOnServer(server, "sheet", [checkpoint, seed])).pixels);
    shown = { pixels, seed, index };
    paint(sheet, pixels, SHEET_SEEDS);
    sheet.setAttribute("aria-label", text("sheet", { first: seed, last: columns[SHEET_SEEDS - 1] }));
    fillNames(columnNames, columns);
    showChosen();
    await new Promise((resolve) => setTimeout(resolve, STRIPS_MS));
  });
  sheetTab.draw = whenSeen(element, draw);
  keepFitted(sheet, refit);
  sheetTab.draw();
}
