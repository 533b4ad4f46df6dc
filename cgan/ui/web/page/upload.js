// A file of the person's own.

import { config } from "./config.js";
import { askServer } from "../drawing/drawing.js";
import { say, text } from "./texts.js";

const SMALLER = 1024; // pixels, the width of a picture that the page makes smaller itself

/** A picture that the server does not take, because it is large or of a rare format, as the browser decodes it. */
async function redrawn(file) {
  const bitmap = await createImageBitmap(file, { resizeWidth: SMALLER, resizeQuality: "high" });
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  return canvas.convertToBlob();
}

/** What the server says to a file: {picture, remarks} or {problem}. */
async function open(file) {
  if (file.size > config.maxUpload) return { problem: text("upload_too_many_bytes") };
  return (await askServer("upload", file)).json();
}

/**
 * Send a file to be read and made small; `choose` is called with what is handed back, base64 of a PNG. Nobody keeps it.
 * @param {HTMLElement} element
 * @param {(picture: string) => void} choose
 */
export function mountUploadIn(element, choose) {
  const input = element.querySelector("input");
  const line = element.querySelector("p");
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file) return;
    try {
      let answer = await open(file);
      const isHopeless = answer.problem?.key === "upload_too_small"; // larger, it would still show nothing
      if (answer.problem && !isHopeless) answer = await redrawn(file).then(open, () => answer);
      const { picture, problem, remarks } = answer;
      line.textContent = problem ? say(problem) : [file.name, ...remarks.map(say)].join(" · ");
      if (!problem) choose(picture);
    } catch (error) {
      line.textContent = error.message;
    }
  });
}

/** @param {import("../types").Component} component whose value becomes {picture} */
export function mountUpload({ element, props, trigger }) {
  mountUploadIn(element, (picture) => {
    props.value = { picture };
    trigger("submit");
  });
}
