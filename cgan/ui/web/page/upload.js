// A file of the person's own.

import { config } from "./config.js";
import { askServer } from "../drawing/drawing.js";
import { say, text } from "./texts.js";

/**
 * Send a file to be read and made small; `choose` is called with what is handed back, base64 of a PNG. Nobody keeps it.
 * @param {HTMLElement} element
 * @param {(picture: string) => void} choose
 */
export function mountUploadIn(element, choose) {
  const input = element.querySelector("input");
  const line = element.querySelector("p");
  element.querySelector("span").textContent = text("choose_file");
  line.textContent = text("upload_info");
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file) return;
    if (file.size > config.maxUpload) {
      line.textContent = text("upload_too_many_bytes");
      return;
    }
    try {
      const { picture, problem, remarks } = await (await askServer("upload", file)).json();
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
