// What scripts add to pages that are right without them.

import "../vendor/htmx.js";
import "./live.js";
import "./dialogs.js";
import "./pickers.js";
import "./choices.js";
import "./menus.js";
import "./countdown.js";
