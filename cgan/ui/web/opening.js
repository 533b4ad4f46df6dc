// What runs before all other scripts of a page.

import { chooseLanguage } from "./language.js";

chooseLanguage();
