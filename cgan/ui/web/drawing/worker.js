// The script of the page's workers: they draw, and they encode animations.

import { answerMessages, DRAWING } from "../../../engine/worker.js";
import { encodeGif } from "../encoding/gif.js";

const gif = ({ frames, size, scale, seconds }) => encodeGif(frames, size, scale, seconds);

answerMessages({ ...DRAWING, gif });
