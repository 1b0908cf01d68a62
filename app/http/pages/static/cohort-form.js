// The form of a part of the question, drawn as its description says: one row a field, those that are absent to be added.

import { announce, button, choice, make, say, unique } from "./cohort-dom.js";
import { WIDGETS } from "./cohort-fields.js";
import { store } from "./cohort-store.js";

/** What the gateway describes: `forms`, `conditions`, `labels`, `options`, `systems`. */
export const described = {};

const OF_FORMS = {
  Period: () => ({ within: "P1Y", before: "asOf" }),
  Count: () => ({ op: "ge", n: 2 }),
  Gap: () => ({ max: "P30D" }),
  Value: () => ({ op: "ge", value: 0 }),
  Compare: () => ({ op: "ge", value: 0 }),
  Tag: () => ({ tag: "", op: "eq", value: "" }),
  ReportText: () => ({ any: [] }),
  Rows: () => ({ resource: "MedicationRequest" }),
  Links: () => ({ from: "", to: "" }),
  Privacy: () => ({ minCell: 11 }),
  Dimension: () => ({ by: "sex" }),
};
const OF_TYPES = {
  text: () => "", anchor: () => "asOf", event: () => Object.keys(store.question.events ?? {})[0] ?? "",
  number: () => 0, integer: (field) => field.min ?? 0, numbers: () => 0, boolean: () => true, contrast: () => true,
  choice: (field) => field.options[0][0], sexes: () => "female", texts: () => [], codes: () => [], pick: () => "first",
  anything: () => "", form: (field) => begun(field.form), forms: (field) => [begun(field.form)],
  periods: (field) => begun(field.form),
};

/** What a form holds that nobody has filled in. */
export function begun(name) {
  if (OF_FORMS[name]) return OF_FORMS[name]();
  const required = described.forms[name].filter((each) => each.required);
  return Object.fromEntries(required.map((each) => [each.name, beginning(each)]));
}

const beginning = (field) => OF_TYPES[field.type](field);

/** The form of a name for an object of the question, which it changes in place; `of` is the kind of event. */
export function form(name, value, of = "") {
  const place = make("div", { class: "cohort-form" });
  const fields = described.forms[name];
  const redraw = (focused) => {
    const there = fields.filter((each) => each.required || each.name in value);
    const absent = fields.filter((each) => !there.includes(each));
    place.replaceChildren(...there.map(row), ...adder(absent));
    if (focused) place.querySelector(`[data-field="${focused}"]`)?.querySelector("input, select, textarea, button")?.focus();
  };
  const set = (field, told) => {
    store.change(() => {
      if (told === undefined) delete value[field.name];
      else value[field.name] = told;
      if (field.name === "op") agree(name, value);
    }, { redraw: false });
    if (field.name === "op") redraw("op");
  };
  const row = (field) => {
    const id = unique(field.name);
    const hint = field.hint && field.hint !== field.label ? make("p", { class: "quiet", id: `${id}-hint` }, field.hint) : null;
    const widget = WIDGETS[field.type]({
      field, id, of, value: value[field.name], holder: value,
      about: hint ? `${id}-hint` : null, set: (told) => set(field, told),
      redraw: () => redraw(field.name),
    });
    const remove = field.required ? null : button("×", () => {
      store.change(() => { delete value[field.name]; }, { redraw: false });
      announce(say("removed", { what: field.label }));
      redraw();
      place.querySelector(".add-field select")?.focus();
    }, { class: "slim", "aria-label": say("remove-of", { what: field.label }) });
    const labelled = !widget.matches("input, select, textarea");
    const title = labelled ? make("span", { class: "label", id: `${id}-label` }, field.label) : make("label", { class: "label", for: id }, field.label);
    if (labelled) { widget.setAttribute("role", "group"); widget.setAttribute("aria-labelledby", `${id}-label`); }
    return make("div", { class: "cohort-field", "data-field": field.name }, make("div", { class: "card-head" }, title, remove), widget, hint);
  };
  const adder = (absent) => {
    if (!absent.length) return [];
    const id = unique("detail");
    const which = choice(absent.map((each) => [each.name, each.label]), "", { id });
    const add = button(say("add"), () => {
      const field = absent.find((each) => each.name === which.value);
      store.change(() => { value[field.name] = beginning(field); }, { redraw: false });
      announce(say("added", { what: field.label }));
      redraw(field.name);
    });
    return [make("div", { class: "add-field inline" }, make("label", { class: "field", for: id }, make("span", {}, say("add-field")), which), add)];
  };
  redraw();
  return place;
}

/** Bring what is compared into the form that its comparison takes. */
function agree(name, value) {
  const numbers = ["gt", "ge", "lt", "le", "eq", "ne", "between"].includes(value.op);
  if (name === "Sex") {
    const [first] = [value.value].flat();
    value.value = value.op === "in" ? [first] : first;
    return;
  }
  if (name === "Value" && !numbers) {
    delete value.value;
    delete value.unit;
    if (value.op === "in") value.codes ??= [];
    else delete value.codes;
    return;
  }
  delete value.codes;
  if (!numbers) return;
  const [first = 0, last = first] = [value.value].flat();
  value.value = value.op === "between" ? [first, last] : first;
}
