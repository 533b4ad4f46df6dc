// The page without Gradio: its controls, its tabs, and what happens when they change.

const MAX_SEED = cganFirst.maxSeed;

/** A control's label, what explains it, and its input elements. */
function fillControl(box, ...inputs) {
  const label = document.createElement("label");
  const name = label.appendChild(document.createElement("span"));
  name.textContent = text(box.dataset.label);
  if (box.dataset.info) label.appendChild(document.createElement("small")).textContent = text(box.dataset.info);
  for (const input of inputs) input.setAttribute("aria-label", name.textContent);
  box.append(label, ...inputs);
}

function makeMenu(box, choices, value) {
  const menu = document.createElement("select");
  for (const [name, choice] of choices) menu.add(new Option(name, choice));
  menu.value = value;
  fillControl(box, menu);
  menu.addEventListener("change", menuChanged);
}

/** A slider and a number field that say the same; the page follows the hand on either (`followHand`). */
function makeSlider(box, [min, max, step], value) {
  const [slider, field] = ["range", "number"].map((type) =>
    Object.assign(document.createElement("input"), { type, min, max, step, value }),
  );
  fillControl(box, slider, field);
  slider.addEventListener("input", () => (field.value = slider.value));
  field.addEventListener("input", () => {
    if (field.value !== "") slider.value = field.value; // else it is being typed
  });
  field.addEventListener("change", () => (field.value = slider.value));
}

function makeSeed(box, value) {
  makeSlider(box, [0, MAX_SEED, 1], value);
  const dice = Object.assign(document.createElement("button"), { type: "button", className: "cgan-button" });
  dice.textContent = text("dice");
  dice.addEventListener("click", () => throwDice(box.id));
  box.append(dice);
}

const CONTROLS = {
  class: (box, value) => makeMenu(box, Array.from({ length: CLASSES }, (_, i) => [className(i), i]), value),
  path: (box, value) => makeMenu(box, Object.keys(PATHS).map((name) => [name, name]), value),
  choice: (box, value) => makeMenu(box, cganFirst.checkpoints.map((name) => [name, name]), value),
  seed: makeSeed,
  slider: (box, value) => makeSlider(box, JSON.parse(box.dataset.range), value),
};

/** Which controls a tab's requests consist of, in their order. */
const REQUESTS = {
  generate: ["checkpoint", "class", "seed", "truncation", "count"],
  interpolate: ["checkpoint", "from-class", "from-seed", "to-class", "to-seed", "path", "frames"],
};

function controlValue(name) {
  const value = document.querySelector(`#${name} :is(select, [type=range])`).value;
  return name === "checkpoint" || name === "path" ? value : Number(value);
}

const menuChanged = () =>
  see({ checkpoint: controlValue("checkpoint"), ...mapFields(view.open, (_, { id }) => controlValue(id)) });

function setControl(name, value) {
  for (const input of document.querySelectorAll(`#${name} :is(select, input)`)) input.value = value;
}

/** Have the open tab's controls say what was chosen elsewhere, or in a link. */
function takeOver(values) {
  for (const [name, { id }] of Object.entries(view.fields[view.open])) {
    if (values[name] !== undefined) setControl(id, values[name]);
  }
}

function select(tab) {
  for (const button of document.querySelectorAll("[role=tab]")) {
    const name = button.getAttribute("aria-controls");
    button.setAttribute("aria-selected", name === tab);
    document.getElementById(name).hidden = name !== tab;
  }
  takeOver(enter(tab));
}

function mountSite() {
  const chinese = navigator.languages[0]?.toLowerCase().startsWith("zh");
  document.documentElement.lang = chinese ? "zh-CN" : "en";
  const { picture, allClasses, walk } = cganFirst;
  for (const [tab, { request }] of Object.entries({ generate: picture, interpolate: walk })) {
    REQUESTS[tab].forEach((name, index) => {
      const box = document.getElementById(name);
      if (!box.children.length) CONTROLS[box.dataset.control](box, request[index]);
    });
  }
  makeSlider(document.getElementById("position"), [0, 1, 0.01], 0);
  fillTexts(document);
  mountPicture(document.getElementById("picture"), picture, null);
  mountAllClasses(document.getElementById("all-classes"), allClasses);
  mountWalk(document.getElementById("walk"), walk, null);
  for (const tab of Object.keys(REQUESTS)) mountTake(document.getElementById(`take-${tab}`), tab);
  for (const button of document.querySelectorAll("[role=tab]")) {
    button.addEventListener("click", () => select(button.getAttribute("aria-controls")));
  }
  const link = openLink(cganFirst.checkpoints);
  select(view.open);
  if (!link) return;
  setControl("checkpoint", link.checkpoint);
}

mountSite();
