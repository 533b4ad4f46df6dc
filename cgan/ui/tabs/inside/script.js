// The tab "Inside the network": what it exports. Its figures are in web/page/figures.js.

import { offerExport } from "../../web/page/export.js";
import { valuesOf } from "../../web/page/store.js";

/** The map of a generated picture under one of our networks; all else here takes more than a few lines. */
function python() {
  const { checkpoint, network, source, step, class: index, seed } = valuesOf("inside");
  const isJudge = network === "judge";
  if (step !== "saliency" || source !== "generated" || !(isJudge || network === "discriminator")) return "";
  const loaded = isJudge ? "judge()" : `discriminator(folder, ${index}, painter)`;
  const classes = isJudge ? "network(image).argmax(dim=1)" : "torch.tensor([own_networks.REAL])";
  return `${isJudge ? "" : "import torch\n\n"}from cgan.explain import own_networks, saliency
from cgan.models.checkpoints import resolve
from cgan.sampling import Sampler

folder = resolve(${JSON.stringify(checkpoint)})
painter = own_networks.Painter(Sampler(folder).generator, ${index})
image = painter(painter.z(${seed}))  # (1, 1, 28, 28)
network = own_networks.${loaded}
classes = ${classes}
gradient = saliency.vanilla_gradient(network, image, classes)  # (1, 28, 28)
`;
}

offerExport("inside", { python });
