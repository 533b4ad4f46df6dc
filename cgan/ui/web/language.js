// The page's language: of English and Chinese the one that the browser names first. Gradio knows two of the Chinese
// locales, takes another language for its own parts, and asks `navigator`; so it is told there, before it starts.

const preferred = navigator.languages.map((locale) => locale.slice(0, 2).toLowerCase());
const chosen = preferred.find((language) => ["en", "zh"].includes(language)) === "zh" ? "zh-CN" : "en";
document.documentElement.lang = chosen;
Object.defineProperty(navigator, "language", { get: () => chosen });
