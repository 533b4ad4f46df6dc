// A file of the person's own.

import { encode } from "../encoding/base64.js";
import { config } from "./config.js";
import { askServer } from "../drawing/drawing.js";
import { say, text } from "./texts.js";

/**
 * Send a file to be read and made small; `choose` is called with what is handed back, base64 of a PNG. Nobody keeps it.
 * @param {HTMLElement} element
 * @param {import("../types").Component["server"]} server
 * @param {(picture: string) => void} choose
 */
export function mountUploadIn(element, server, choose) {
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
    const content = encode(new Uint8Array(await file.arrayBuffer()));
    try {
      const { picture, problem, remarks } = await askServer(server, "open_upload", { content });
      line.textContent = problem ? say(problem) : [file.name, ...remarks.map(say)].join(" · ");
      if (!problem) choose(picture);
    } catch (error) {
      line.textContent = error.message;
    }
  });
}

/** @param {import("../types").Component} component whose value becomes {picture} */
export function mountUpload({ element, props, trigger, server }) {
  mountUploadIn(element, server, (picture) => {
    props.value = { picture };
    trigger("submit");
  });
}
