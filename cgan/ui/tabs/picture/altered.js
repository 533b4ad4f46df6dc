// In the tab "Your picture": the found garment, moved along the generator's directions.

const alteredTab = { sigmas: [], draw: null };

/** A slider for each direction of the garment's class. Returns what takes another garment: {checkpoint, z, class_index}. */
function mountAltered(element, server) {
  const canvas = element.querySelector("canvas");
  const caption = element.querySelector("[role=status]");
  const mark = element.querySelector(".cgan-mark");
  const list = element.querySelector(".cgan-altered-list");
  let garment = null;
  let found = null; // its directions
  let rows = [];
  fillTexts(element);
  const refit = () => fit(canvas, onPhone() ? 180 : 240);

  const draw = newestOnly(async () => {
    if (!found) return;
    const { checkpoint, z, class_index: index } = garment;
    const { sigmas } = alteredTab;
    const wanted = [sigmas.map(() => 0), sigmas];
    await timed(mark, drawsHere(checkpoint) ? "page" : "server", async () => {
      const pixels = drawsHere(checkpoint)
        ? await moveHere(checkpoint, index, Float32Array.from(z), found, wanted, drawHere)
        : decode((await drawOnServer(server, "move_from", [checkpoint, z, index, wanted])).pixels);
      if (paint(canvas, pixels, 2)) refit();
    });
    caption.textContent = `${text("altered")} → ${movesOf(found, sigmas)}`;
    canvas.setAttribute("aria-label", text("picture", { what: caption.textContent }));
    Object.assign(canvas.dataset, { class: index, sigmas: sigmas.join(" ") });
  });

  const change = () => {
    alteredTab.sigmas = rows.map(({ slider }) => Number(slider.value));
    rows.forEach(({ value }, index) => (value.textContent = signed(alteredTab.sigmas[index])));
    see({ "onward-sigmas": alteredTab.sigmas });
    draw();
  };
  element.querySelector("[data-do=reset]").addEventListener("click", () => {
    for (const { slider } of rows) slider.value = 0;
    change();
  });
  const makeRows = () => {
    rows = found.map((direction, index) => {
      const made = directionSlider(direction, index);
      made.slider.value = alteredTab.sigmas[index] ?? 0;
      made.slider.addEventListener("input", change);
      return made;
    });
    list.replaceChildren(...rows.map(({ row }) => row));
  };

  alteredTab.draw = draw;
  keepFitted(canvas, refit);
  return newestOnly(async (next) => {
    const directions = await directionsOf(next.checkpoint);
    const which = ({ checkpoint, class_index: index }) => `${checkpoint} ${index}`;
    if (garment && which(garment) !== which(next)) alteredTab.sigmas = []; // other directions
    garment = next;
    found = directions?.[`${next.class_index}`] ?? null;
    element.hidden = !found;
    if (!found) return;
    makeRows();
    change();
  });
}
