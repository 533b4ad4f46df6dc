// What `python -m tests.lint` asks of the page's scripts.

import js from "@eslint/js";
import globals from "globals";

const browser = { ...globals.browser, cgan: "readonly" };

export default [
  js.configs.recommended,
  {
    files: ["cgan/**/*.js"],
    languageOptions: { ecmaVersion: 2024, sourceType: "module", globals: browser },
    rules: {
      "eqeqeq": "error",
      "max-lines": ["error", 300],
      "max-len": ["error", 120],
      "no-empty": ["error", { allowEmptyCatch: false }],
      "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true } }],
      "no-shadow": "error",
      "no-use-before-define": "off",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["cgan/**/*worker.js"],
    languageOptions: { globals: globals.worker },
  },
];
