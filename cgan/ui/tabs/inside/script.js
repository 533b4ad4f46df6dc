// The figures of the tab "Inside the network": rows of pictures with what a network says of them, a curve, a film.

window.cganInside = (() => {
  const SAVED_SIDE = 224; // pixels, at least, of a picture's side in a saved file
  const SAVED_GAP = 8;
  const MAX_UPLOAD = 8 * 2 ** 20; // bytes; the server refuses more as well

  /** A text in the page's language: a string as it is, {key, values} from the table. */
  function say(text) {
    if (typeof text !== "object") return String(text);
    const { key, values = {} } = text;
    return cganTexts[language()][key].replace(/\{(\w+)\}/g, (_, name) => say(values[name]));
  }

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  /** Keeps the images of a figure from one painting to the next: a new one would flash while it is decoded. */
  function imageKeeper() {
    const kept = new Map();
    return (key, source, description) => {
      if (!kept.has(key)) kept.set(key, make("img"));
      const image = kept.get(key);
      if (image.src !== source) image.src = source;
      image.alt = description;
      return image;
    };
  }

  function barsOf(rows) {
    const list = make("ol", "cgan-bars");
    for (const [name, probability] of rows) {
      const row = make("li");
      row.style.setProperty("--share", probability);
      row.append(make("span", "", say(name)), make("span", "", `${(100 * probability).toFixed(1)} %`));
      list.append(row);
    }
    return list;
  }

  function panelOf(panel, key, imageOf) {
    const box = make("div", "cgan-panel");
    box.append(make("h4", "", say(panel.title)));
    if (panel.src) box.append(imageOf(key, panel.src, say(panel.title)));
    if (panel.note) box.append(make("p", "", say(panel.note)));
    if (panel.bars) box.append(barsOf(panel.bars));
    return box;
  }

  function save(address, name) {
    const link = make("a");
    Object.assign(link, { href: address, download: name });
    link.click();
  }

  /** All pictures of a figure but the film, row by row, as one PNG. */
  function savePng(figure, name) {
    const rows = [...figure.querySelectorAll(".cgan-panels:not(.cgan-film)")]
      .map((row) => [...row.querySelectorAll("img")])
      .filter((row) => row.length);
    const enlarged = (image) => Math.max(1, Math.floor(SAVED_SIDE / image.naturalHeight));
    const size = (image) => [image.naturalWidth * enlarged(image), image.naturalHeight * enlarged(image)];
    const heights = rows.map((row) => Math.max(...row.map((image) => size(image)[1])));
    const widths = rows.map((row) => row.reduce((sum, image) => sum + size(image)[0] + SAVED_GAP, -SAVED_GAP));
    const canvas = make("canvas");
    canvas.width = Math.max(...widths);
    canvas.height = heights.reduce((sum, height) => sum + height + SAVED_GAP, -SAVED_GAP);
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    let top = 0;
    rows.forEach((row, index) => {
      let left = 0;
      for (const image of row) {
        context.drawImage(image, left, top, ...size(image));
        left += size(image)[0] + SAVED_GAP;
      }
      top += heights[index] + SAVED_GAP;
    });
    save(canvas.toDataURL("image/png"), `${name}.png`);
  }

  /** Show the figures that come in one after the other while a step runs. `stop` is the button that ends it, if any. */
  function mount(element, props, watch, stop) {
    const imageOf = imageKeeper();
    const curveOf = curveKeeper(say);
    const histograms = [];
    const histogramOf = (place, histogram) => (histograms[place] ??= histogramKeeper(say))(histogram);
    const figure = element.querySelector(".cgan-inside");
    let stopped; // the run that was, one figure of which may still be on its way
    let newest = 0; // run; a hand that is faster than Gradio's answer starts two at once
    const show = () => {
      const value = props.value;
      if (!value || value.run === stopped || value.run < newest) return;
      newest = value.run;
      figure.classList.toggle("cgan-crisp", Boolean(value.crisp));
      figure.dataset.state = value.state;
      const parts = [];
      value.rows.forEach((row, index) => {
        if (row.title) parts.push(make("h3", "", say(row.title)));
        const panels = make("div", "cgan-panels");
        panels.append(...row.panels.map((panel, place) => panelOf(panel, `${index} ${place}`, imageOf)));
        panels.classList.toggle("cgan-small", Boolean(row.small));
        parts.push(panels);
        if (row.histogram) parts.push(histogramOf(index, row.histogram));
        if (row.caption) parts.push(make("p", "", say(row.caption)));
      });
      if (value.progress !== undefined) {
        const progress = make("progress");
        progress.value = value.progress;
        parts.push(progress);
      }
      if (value.curve) parts.push(curveOf(value.curve));
      if (value.histogram) parts.push(histogramOf(value.rows.length, value.histogram));
      const caption = make("figcaption", "", (value.caption ?? []).map(say).join(" "));
      caption.setAttribute("role", "status");
      parts.push(caption);
      if (value.film) {
        const film = make("div", "cgan-panels cgan-film");
        film.append(panelOf({ title: value.film_title, src: value.film }, "film", imageOf));
        parts.push(film);
      }
      if (value.name && value.rows.length) {
        const buttons = make("div", "cgan-buttons");
        const button = (text, action) => {
          const made = make("button", "cgan-button", say({ key: text }));
          made.type = "button";
          made.addEventListener("click", action);
          buttons.append(made);
        };
        button("save_png", () => savePng(figure, value.name));
        if (value.film) button("save_gif", () => save(value.film, `${value.name}.gif`));
        parts.push(buttons);
      }
      figure.replaceChildren(...parts);
    };
    // Heard from afar, for the button of a tab that was never opened is not there yet.
    document.addEventListener("click", (event) => {
      if (!stop || !event.target.closest(`#${stop}`) || figure.dataset.state !== "running") return;
      stopped = props.value.run;
      figure.dataset.state = "stopped";
      figure.querySelector("figcaption").textContent = say({ key: "stopped" });
    });
    watch("value", show);
    show();
  }

  function base64(buffer) {
    const bytes = new Uint8Array(buffer);
    let binary = "";
    for (let start = 0; start < bytes.length; start += 0x8000) {
      binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
    }
    return btoa(binary);
  }

  /** A file of the person's own: sent to be read, made small, and handed back; nobody keeps it. */
  function mountUpload(element, props, trigger, server) {
    const input = element.querySelector("input");
    const line = element.querySelector("p");
    element.querySelector("span").textContent = say({ key: "choose_file" });
    line.textContent = say({ key: "upload_info" });
    input.addEventListener("change", async () => {
      const file = input.files[0];
      if (!file) return;
      if (file.size > MAX_UPLOAD) {
        line.textContent = say({ key: "upload_too_many_bytes" });
        return;
      }
      const answer = await server.open_upload(base64(await file.arrayBuffer()));
      const { picture, problem, remarks } = answer ?? { problem: { key: "server_busy" } };
      line.textContent = problem ? say(problem) : [file.name, ...remarks.map(say)].join(" · ");
      if (problem) return;
      props.value = { picture };
      trigger("submit");
    });
  }

  /** The map of a generated picture under one of our networks; all else here takes more than a few lines. */
  function python() {
    const { network, source, step, class: index, seed } = tabValues("inside");
    const isJudge = network === "judge";
    if (step !== "saliency" || source !== "generated" || !(isJudge || network === "discriminator")) return "";
    const loaded = isJudge ? "judge()" : `discriminator(folder, ${index}, painter)`;
    const classes = isJudge ? "network(image).argmax(dim=1)" : "torch.tensor([as_classifiers.REAL])";
    return `${isJudge ? "" : "import torch\n\n"}from cgan import as_classifiers, gradients
from cgan.checkpoints import resolve
from cgan.sampling import Sampler

folder = resolve(${JSON.stringify(chosenCheckpoint())})
painter = as_classifiers.Painter(Sampler(folder).generator, ${index})
image = painter(painter.z(${seed}))  # (1, 1, 28, 28)
network = as_classifiers.${loaded}
classes = ${classes}
gradient = gradients.saliency(network, image, classes)  # (1, 28, 28)
`;
  }

  offerToTake("inside", { python });
  return { say, mount, mountUpload };
})();
