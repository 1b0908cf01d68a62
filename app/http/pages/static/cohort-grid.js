// Tables and tabs of the answer, for eyes, for keys and for readers of screens.

import { button, make, say, unique } from "./cohort-dom.js";

/** A table with heads; it can be scrolled by keys where it is wider than its place. */
export const grid = (heads, lines) => make("div", { class: "table", tabindex: 0, role: "group", "aria-label": heads.join(", ") }, make("table", {},
  make("thead", {}, make("tr", {}, heads.map((each) => make("th", { scope: "col" }, each)))),
  make("tbody", {}, lines.map((line) => make("tr", {}, line.map((each) => make("td", {}, each)))))));

/** Tabs as WAI-ARIA has them: arrows go along them, and each shows its panel; `open` is told which one is. */
export function tabs(panels, chosen, open) {
  const names = Object.keys(panels);
  const id = unique("panel");
  const panel = make("div", { role: "tabpanel", id, tabindex: 0 });
  const buttons = names.map((name) => button(panels[name][0], () => show(name), {
    role: "tab", id: `${id}-${names.indexOf(name)}`, "aria-controls": id, "data-tab": name,
    onkeydown: (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      show(names[(names.indexOf(name) + by + names.length) % names.length], true);
    },
  }));
  function show(name, focused = false) {
    open(name);
    buttons.forEach((each, at) => {
      each.setAttribute("aria-selected", String(names[at] === name));
      each.tabIndex = names[at] === name ? 0 : -1;
      if (focused && names[at] === name) each.focus();
    });
    panel.setAttribute("aria-labelledby", `${id}-${names.indexOf(name)}`);
    panel.replaceChildren(panels[name][1]());
  }
  show(chosen);
  return make("div", {}, make("div", { role: "tablist", class: "cohort-tabs", "aria-label": say("everything") }, buttons), panel);
}
