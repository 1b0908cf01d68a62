// Events under names of their own, which conditions, periods, ages and rows refer to.

import { announce, button, choice, make, part, say, unique } from "./cohort-dom.js";
import { begun, described, form } from "./cohort-form.js";
import { freeName, renamed, store } from "./cohort-store.js";

const opened = new Set();
const words = new Map();
const NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/** Draw the named events anew. */
export function drawEvents() {
  const events = Object.entries(store.question.events ?? {});
  part("events").replaceChildren(make("ul", { class: "cards" }, events.map(([name, each]) => make("li", {}, card(name, each)))), adder());
}

/** Put the words that the gateway says into their cards. */
export function sayEvents(told) {
  words.clear();
  for (const card of part("events").querySelectorAll("[data-path]")) {
    const said = told[card.dataset.name];
    if (said) card.querySelector(".says span").textContent = said;
  }
  for (const [name, each] of Object.entries(told)) words.set(name, each);
}

function card(name, event) {
  const open = opened.has(name);
  const edit = button(say("edit"), () => {
    if (open) opened.delete(name); else opened.add(name);
    drawEvents();
    part("events").querySelector(`[data-name="${CSS.escape(name)}"] .edit`)?.focus();
  }, { class: "edit", "aria-expanded": String(open), "aria-label": say("edit-of", { what: name }) });
  const remove = button("×", () => {
    store.change((question) => { delete question.events[name]; });
    announce(say("removed", { what: name }));
    part("events").querySelector("select")?.focus();
  }, { class: "slim", "aria-label": say("remove-of", { what: name }) });
  const kind = described.conditions.find((each) => each.key === event.kind);
  return make("div", { class: "condition", "data-path": `$.events.${name}`, "data-name": name },
    make("div", { class: "card-head" }, make("p", { class: "says" }, make("strong", {}, name), " ", make("span", {}, words.get(name) ?? kind?.label ?? "")),
      make("div", { class: "actions" }, edit, remove)),
    open ? [naming(name), kind ? form(kind.form, event, event.kind) : null] : null, make("div", { class: "fault" }));
}

function naming(name) {
  const id = unique("event-name");
  const input = make("input", { id, value: name, maxlength: 64, spellcheck: "false", autocapitalize: "none", onchange: () => {
    const typed = input.value.trim();
    if (typed === name || !NAME.test(typed) || store.question.events[typed]) { input.value = name; return; }
    opened.delete(name);
    opened.add(typed);
    store.change((question) => renamed(question, name, typed));
  } });
  return make("label", { class: "field", for: id }, make("span", {}, say("event-name")), input);
}

function adder() {
  const id = unique("add-event");
  const kinds = described.conditions.filter((each) => each.event);
  const which = choice(kinds.map((each) => [each.key, each.label]), "condition", { id });
  return make("div", { class: "inline add" }, make("label", { class: "field", for: id }, make("span", {}, say("add-event")), which),
    button(say("add"), () => {
      const name = freeName(store.question.events, which.value);
      opened.add(name);
      store.change((question) => {
        (question.events ??= {})[name] = { kind: which.value, ...begun(kinds.find((each) => each.key === which.value).form) };
      });
      announce(say("added", { what: name }));
      part("events").querySelector(`[data-name="${CSS.escape(name)}"] .edit`)?.focus();
    }));
}
