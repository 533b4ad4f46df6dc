// The tab "Mix": what it exports. Its parts are in mixture.js and blend.js.

import { savePng } from "../../web/drawing/canvas.js";
import { config } from "../../web/page/config.js";
import { offerExport } from "../../web/page/export.js";
import { pythonList, pythonSampler, pythonSeeds, seedSlug } from "../../web/drawing/found.js";
import { valuesOf } from "../../web/page/store.js";
import { slug } from "../../web/page/texts.js";
import { cornersFrom } from "./blend.js";

function python() {
  const { checkpoint, seed, weights, corners, place } = valuesOf("mix");
  const { classes, seeds } = cornersFrom(corners);
  return `${pythonSampler(checkpoint)}
weights, seeds = np.array(${pythonList(weights)}), ${pythonSeeds(seed, config.mixedSeeds)}
pictures = sampler.mix(weights, seeds)  # uint8 (${config.mixedSeeds}, 28, 28)
classes, seeds = np.array(${pythonList(classes)}), np.array(${pythonList(seeds)})
picture = sampler.blend(classes, seeds, positions=[${pythonList(place)}])[0]
`;
}

const save = (selector, what) =>
  savePng(document.querySelector(selector), slug(`${valuesOf("mix").checkpoint}-${what}`));

offerExport("mix", {
  formats: {
    mixture: () => save("#mixture canvas", `mixture-seed-${seedSlug(valuesOf("mix").seed)}`),
    blend: () => save("#blend .cgan-blend-picture", "between-four"),
    blend_map: () => save("#blend .cgan-blend-map", "square-of-four"),
  },
  python,
});
