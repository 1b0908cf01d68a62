// Which codes count: found by a name in either language, or given by hand; a named set is shown with what it holds.

import { announce, button, choice, inLanguage, make, say, unique } from "./cohort-dom.js";
import { described } from "./cohort-form.js";
import { isGivenUp, newest, read } from "./cohort-server.js";
import { freeName, store } from "./cohort-store.js";

const WAIT = 250; // milliseconds after a key
const FEW = 6;
const same = (one, other) => one.code === other.code && (one.system ?? "") === (other.system ?? "");

/** The codings that a value stands for, where they are kept; null where a set is missing. */
function kept(value) {
  if (Array.isArray(value)) return value;
  const set = value?.set ? store.question.conceptSets?.[value.set] : value;
  return set?.include ?? null;
}

export function codes(asked) {
  const of = asked.field.name === "bodySite" ? "bodySite" : asked.of;
  const listed = make("div", { class: "codes" });
  const change = (act) => { store.change(act, { redraw: false }); draw(); };
  function put(told) { asked.value = told; asked.set(told); draw(); }

  function draw() {
    const list = kept(asked.value) ?? [];
    const set = asked.value?.set;
    const name = set ? inLanguage(store.question.conceptSets?.[set]?.display) || set : "";
    const lines = make("ul", { class: "codings" }, list.map((each) => coding(each, list)));
    const whole = list.length > FEW ? make("details", {}, make("summary", {}, `${list.length} ${described.labels.codes}`), lines) : lines;
    listed.replaceChildren(...[set ? make("p", {}, make("strong", {}, name), " ", make("span", { class: "quiet" }, say("codes-shared", { name: set }))) : null, whole].filter(Boolean));
  }

  function coding(each, list) {
    const words = [described.systems[each.system] ?? each.system ?? say("any-system"), each.code, inLanguage(each.display)].filter(Boolean).join(" ");
    const flag = (name) => make("label", { class: "quiet" }, make("input", {
      type: "checkbox", checked: each[name] === true,
      onchange: (event) => change(() => { if (event.target.checked) each[name] = true; else delete each[name]; }),
    }), ` ${described.labels[name]}`);
    return make("li", {}, make("span", { class: "grow" }, words), flag("descendants"), flag("maps"),
      button("×", () => { change(() => { list.splice(list.indexOf(each), 1); }); announce(say("removed", { what: words })); },
        { class: "slim", "aria-label": say("remove-of", { what: words }) }));
  }

  function take(found) {
    const { conceptSet } = found;
    const list = kept(asked.value);
    if (!list?.length) {
      let name = "";
      store.change((question) => {
        const sets = (question.conceptSets ??= {});
        const alike = sets[found.id] && JSON.stringify(sets[found.id]) === JSON.stringify(conceptSet);
        name = alike ? found.id : freeName(sets, found.id);
        sets[name] = structuredClone(conceptSet);
      }, { redraw: false });
      put({ set: name });
    } else {
      change((question) => {
        list.push(...conceptSet.include.filter((each) => !list.some((one) => same(one, each))));
        const set = asked.value.set ? question.conceptSets[asked.value.set] : null;
        if (set?.display && typeof set.display === "object") {
          for (const spoken of Object.keys(set.display)) set.display[spoken] += `, ${conceptSet.display[spoken] ?? found.name}`;
        }
      });
    }
    announce(say("code-added", { what: found.name }));
  }

  function byHand(one) {
    if (!kept(asked.value)) put([one]);
    else if (Array.isArray(asked.value)) put([...asked.value, one]);
    else change(() => { kept(asked.value).push(one); });
    announce(say("code-added", { what: one.code }));
  }

  draw();
  return make("div", {}, listed, finder(of, take), handed(byHand));
}

/** A box that finds sets of codes by name while one types. */
function finder(of, take) {
  const found = make("ul", { class: "found" });
  const one = newest();
  const id = unique("find");
  let timer = 0;
  const look = (name) => one(async (signal) => {
    try {
      const told = await read(`/cohorts/sets?${new URLSearchParams({ name, ...(of ? { of } : {}) })}`, { signal });
      found.replaceChildren(...told.found.map((each) => make("li", {}, button(label(each), () => {
        take(each);
        found.replaceChildren();
        input.value = "";
        input.focus();
      }))));
      announce(told.found.length ? say("codes-found", { count: told.found.length }) : say("codes-none"));
      if (!told.found.length) found.replaceChildren(make("li", { class: "quiet" }, say("codes-none")));
    } catch (error) {
      if (!isGivenUp(error)) found.replaceChildren(make("li", { class: "quiet" }, error.message));
    }
  });
  const label = (each) => {
    const name = inLanguage(each.conceptSet.display);
    return name === each.name ? name : `${name} (${each.name})`;
  };
  const input = make("input", {
    id, type: "search", autocomplete: "off", maxlength: 100,
    oninput: () => {
      clearTimeout(timer);
      const name = input.value.trim();
      if (!name) found.replaceChildren();
      else timer = setTimeout(() => look(name), WAIT);
    },
    onkeydown: (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      found.querySelector("button")?.click();
    },
  });
  return make("div", { class: "finder" }, make("label", { class: "field", for: id }, make("span", {}, say("find-codes")), input), found);
}

/** A code that somebody knows. */
function handed(add) {
  const systems = [["", say("any-system")], ...Object.entries(described.systems)];
  const system = choice(systems, "", { "aria-label": described.labels.system });
  const code = make("input", { maxlength: 64, size: 12, autocapitalize: "none", spellcheck: "false", "aria-label": described.labels.code });
  const put = button(say("add"), () => {
    const typed = code.value.trim();
    if (!typed) return code.focus();
    add({ ...(system.value ? { system: system.value } : {}), code: typed, descendants: true });
    code.value = "";
    code.focus();
  });
  return make("details", { class: "by-hand" }, make("summary", {}, say("by-hand")), make("div", { class: "inline" }, system, code, put));
}
