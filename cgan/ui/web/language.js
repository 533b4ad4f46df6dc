// The page's language: of English and Chinese the one that the browser names first.

/** Gradio knows two of the Chinese locales, and asks `navigator`: it is told there, so this comes before it starts. */
export function chooseLanguage() {
  const preferred = navigator.languages.map((locale) => locale.slice(0, 2).toLowerCase());
  const chosen = preferred.find((language) => ["en", "zh"].includes(language)) === "zh" ? "zh-CN" : "en";
  document.documentElement.lang = chosen;
  Object.defineProperty(navigator, "language", { get: () => chosen });
}
