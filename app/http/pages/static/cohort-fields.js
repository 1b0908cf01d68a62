// The widgets of the forms, one a type of field. Each tells what it holds by `set`, and undefined where it is empty.

import { button, choice, make, say, unique } from "./cohort-dom.js";
import { codes } from "./cohort-codes.js";
import { begun, described, form } from "./cohort-form.js";
import { store } from "./cohort-store.js";

const asNumber = (text) => (text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text);
const option = (word) => described.options[word] ?? String(word);
const eventNames = () => Object.keys(store.question.events ?? {});

const line = ({ id, about, set, value }, given, readAs) => make("input", {
  id, value: value ?? "", autocomplete: "off", spellcheck: "false", "aria-describedby": about, ...given,
  onchange: (event) => set(event.target.value.trim() === "" ? undefined : readAs(event.target.value)),
});

const text = (asked) => line(asked, { maxlength: 1000 }, (typed) => typed.trim());
const number = (asked) => line(asked, { inputmode: "decimal", maxlength: 20 }, asNumber);

function numbers(asked) {
  if (!Array.isArray(asked.value)) return number(asked);
  const ends = [...asked.value];
  const end = (at) => make("input", {
    value: ends[at], inputmode: "decimal", maxlength: 20, size: 8,
    "aria-label": say("values-from-to") + ` ${at + 1}`, "aria-describedby": asked.about,
    onchange: (event) => { ends[at] = asNumber(event.target.value); asked.set([...ends]); },
  });
  return make("div", { class: "inline" }, end(0), "–", end(1));
}

const boolean = ({ id, about, set, value }) => make("input", {
  id, type: "checkbox", checked: value === true, "aria-describedby": about, onchange: (event) => set(event.target.checked),
});

const chosen = ({ id, about, set, value }, options, readAs = (told) => told) =>
  choice(options, value, { id, "aria-describedby": about, onchange: (event) => set(readAs(event.target.value)) });

function contrast(asked) {
  const words = { true: true, false: false, unknown: "unknown" };
  return chosen(asked, Object.keys(words).map((each) => [each, option(each)]), (told) => words[told]);
}

function sexes(asked) {
  const all = ["female", "male", "other", "unknown"];
  if (!Array.isArray(asked.value)) return chosen(asked, all.map((each) => [each, option(each)]));
  const taken = new Set(asked.value);
  return make("div", { class: "inline" }, all.map((each) => make("label", {}, make("input", {
    type: "checkbox", checked: taken.has(each),
    onchange: (event) => {
      if (event.target.checked) taken.add(each); else taken.delete(each);
      asked.set(all.filter((one) => taken.has(one)));
    },
  }), ` ${option(each)}`)));
}

function texts(asked) {
  const held = () => (asked.value ?? []);
  const input = make("input", {
    id: asked.id, value: held().join(", "), autocomplete: "off", spellcheck: "false", maxlength: 1000,
    "aria-describedby": asked.about, placeholder: say("list"), "aria-label": asked.field.label,
    onchange: () => tell(input.value.split(",").map((each) => each.trim()).filter(Boolean)),
  });
  const presses = asked.field.usual.map((each) => button(each, () => {
    const now = held();
    tell(now.includes(each) ? now.filter((one) => one !== each) : [...now, each]);
  }, { class: "slim", "aria-pressed": String(held().includes(each)) }));
  function tell(words) {
    asked.value = words;
    input.value = words.join(", ");
    presses.forEach((each) => each.setAttribute("aria-pressed", String(words.includes(each.textContent))));
    asked.set(words);
  }
  return make("div", {}, input, presses.length ? make("div", { class: "actions usual" }, presses) : null);
}

function anchor(asked) {
  const list = unique("anchors");
  const input = line(asked, { list, maxlength: 64, "aria-label": asked.field.label }, (typed) => typed.trim());
  return make("div", {}, input, make("datalist", { id: list }, ["asOf", ...eventNames()].map((each) => make("option", { value: each }))));
}

function event(asked) {
  const rows = (store.question.output?.rows ?? []).map((each) => each.as).filter(Boolean);
  const names = [...new Set([asked.value, ...eventNames(), ...(asked.field.name === "linkedTo" ? rows : [])])].filter(Boolean);
  return chosen(asked, [["", "–"], ...names.map((each) => [each, each])], (told) => told || undefined);
}

const inner = (asked) => make("div", { class: "nested" }, form(asked.field.form, asked.value, asked.of));

/** A list of forms of one kind; `kept` says in which shape it is kept. */
function several(asked, list, kept) {
  const { field } = asked;
  const put = (changed) => { asked.set(kept(changed)); asked.value = kept(changed); asked.redraw(); };
  const each = (one, at) => make("li", { class: "nested" }, form(field.form, one, asked.of),
    button(say("remove"), () => put(list.filter((_, index) => index !== at)), { class: "slim", "aria-label": say("remove-of", { what: `${field.label} ${at + 1}` }) }));
  return make("div", {}, make("ol", { class: "several" }, list.map(each)),
    button(say("add"), () => put([...list, begun(field.form)]), { class: "slim", "aria-label": `${say("add")}: ${field.label}` }));
}

const forms = (asked) => several(asked, asked.value ?? [], (list) => (list.length ? list : undefined));
const periods = (asked) => several(asked, [asked.value ?? []].flat(),
  (list) => (list.length > 1 ? list : list[0]));

function pick(asked) {
  const plain = typeof asked.value === "string";
  const words = [["first", option("first")], ["last", option("last")], ["", "…"]];
  const which = choice(words, plain ? asked.value : "", { "aria-label": asked.field.label, onchange: () => {
    asked.set(which.value || { nth: 2, from: "first" });
    asked.redraw();
  } });
  return make("div", {}, which, plain ? null : make("div", { class: "nested" }, form("Pick", asked.value)));
}

function anything(asked) {
  const read = (typed) => (["in", "between"].includes(asked.holder.op) ? typed.split(",").map((each) => asNumber(each.trim())) : asNumber(typed));
  return line({ ...asked, value: [asked.value ?? ""].flat().join(", ") }, { maxlength: 1000 }, read);
}

export const WIDGETS = {
  text, number, integer: number, numbers, boolean, contrast, sexes, texts, anchor, event, codes, pick, forms, periods, anything,
  form: inner,
  choice: (asked) => chosen(asked, asked.field.options),
};
