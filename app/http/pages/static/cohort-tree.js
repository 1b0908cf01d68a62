// The conditions as cards: added, edited, turned round, put into groups and out of them, moved by keys alone.

import { announce, button, choice, make, part, say, unique } from "./cohort-dom.js";
import { begun, described, form } from "./cohort-form.js";
import { below, freeName, keyOf, listOf, store } from "./cohort-store.js";

const opened = new WeakSet(); // conditions whose form is open
const JOINING = ["all", "any", "atLeast"];
const words = new Map(); // by JSONPath, as the gateway said them last
let acted = null; // the condition that was acted on, which keeps the focus

const about = (key) => described.conditions.find((each) => each.key === key) ?? { label: key };

/** What a condition is called for those who do not see it. */
const called = (place) => words.get(place.path) ?? about(keyOf(place.node)).label;

/** Draw every card anew. */
export function drawTree() {
  const tree = part("tree");
  const root = { node: store.question.population, path: "$.population", list: null, index: 0, owner: null };
  tree.replaceChildren(group(root));
  if (!acted) return;
  tree.querySelector("[data-acted] .edit, [data-acted] select, [data-acted] button")?.focus();
  acted = null;
}

/** Put the words that the gateway says into the cards. */
export function sayTree(told) {
  words.clear();
  for (const [path, each] of Object.entries(told)) words.set(path, each);
  for (const card of part("tree").querySelectorAll("[data-path]")) {
    const line = card.querySelector(":scope > .card-head > .says");
    if (line && told[card.dataset.path]) line.textContent = told[card.dataset.path];
  }
}

function group(place) {
  const key = keyOf(place.node);
  const inside = make("ul", { class: "cards" }, below(place.node, place.path).map((each) => card({ ...each, owner: place })));
  const label = key === "not" ? make("strong", {}, about("not").label) : joiner(place, key);
  return make("div", { class: "group", "data-path": place.path, "data-acted": place.node === acted },
    make("div", { class: "card-head" }, label, place.owner ? handles(place) : null), inside,
    key === "not" ? null : adder(place), make("div", { class: "fault" }));
}

/** How the conditions of a group are joined. */
function joiner(place, key) {
  const id = unique("joined");
  const which = choice(JOINING.map((each) => [each, about(each).label]), key, {
    id, "aria-label": say("group-as"), onchange: () => store.change(() => {
      const list = listOf(place.node);
      delete place.node[key];
      place.node[which.value] = which.value === "atLeast" ? { n: 1, of: list } : list;
      acted = place.node;
    }),
  });
  if (key !== "atLeast") return which;
  return make("span", { class: "inline" }, which, make("input", {
    value: place.node.atLeast.n, inputmode: "numeric", size: 3, maxlength: 2, "aria-label": described.labels.n,
    onchange: (event) => store.change(() => { place.node.atLeast.n = Number(event.target.value) || event.target.value; }, { redraw: false }),
  }));
}

/** What adds one more condition to a group. */
function adder(place) {
  const id = unique("add");
  const kinds = described.conditions.filter((each) => each.key !== "not" && (each.key !== "exists" || store.question.events));
  const which = choice(kinds.map((each) => [each.key, each.label]), "condition", { id });
  return make("div", { class: "inline add" }, make("label", { class: "field", for: id }, make("span", {}, say("add-condition")), which),
    button(say("add"), () => store.change(() => {
      const node = { [which.value]: fresh(which.value) };
      listOf(place.node).push(node);
      opened.add(node);
      acted = node;
      announce(say("added", { what: about(which.value).label }));
    }), { "data-do": "add-condition" }));
}

/** A condition that nobody has filled in. */
function fresh(key) {
  if (JOINING.includes(key)) return key === "atLeast" ? { n: 1, of: [] } : [];
  if (key === "exists") return Object.keys(store.question.events)[0];
  if (key === "deceased") return true;
  if (key === "age") return { op: "ge", value: 18 };
  if (key === "sex") return { op: "eq", value: "female" };
  return begun(about(key).form);
}

function card(place) {
  const key = keyOf(place.node);
  const inner = JOINING.includes(key) || key === "not" ? group(place) : leaf(place, key);
  return make("li", { onkeydown: (event) => byKey(event, place) }, inner);
}

function leaf(place, key) {
  const open = opened.has(place.node);
  const edit = button(say("edit"), () => {
    if (opened.has(place.node)) opened.delete(place.node); else opened.add(place.node);
    acted = place.node;
    drawTree();
    part("tree").dispatchEvent(new Event("redrawn"));
  }, { class: "edit", "aria-expanded": String(open), "aria-label": say("edit-of", { what: called(place) }) });
  return make("div", { class: "condition", "data-path": place.path, "data-acted": place.node === acted },
    make("div", { class: "card-head" }, make("p", { class: "says" }, called(place)), make("div", { class: "actions" }, edit, handles(place))),
    open ? editor(place.node, key) : null, make("div", { class: "fault" }));
}

function editor(node, key) {
  if (key === "exists" && typeof node.exists === "string") {
    const names = Object.keys(store.question.events ?? {});
    return make("div", { class: "cohort-form" }, choice(names.map((each) => [each, each]), node.exists, {
      "aria-label": described.labels.event, onchange: (event) => store.change(() => { node.exists = event.target.value; }, { redraw: false }),
    }));
  }
  if (key === "deceased" && typeof node.deceased === "boolean") node.deceased = { value: node.deceased };
  const kind = key === "exists" ? node.exists.kind : key;
  return form(about(kind).form, node[key], kind);
}

/** The buttons that move a card and change where it stands. */
function handles(place) {
  const what = called(place);
  const act = (name, does, words) => button(say(name), () => move(place, does, words), { "aria-label": `${say(name)}: ${what}` });
  const hidden = make("details", { class: "more" }, make("summary", { "aria-label": `${say("change-more")}: ${what}` }, "⋯"),
    make("div", { class: "more-body" },
      act("move-up", up), act("move-down", down), act("group", wrap), place.owner.owner ? act("out-of-group", out) : null,
      act("not", turn), nameable(place) ? act("name-it", name) : null));
  return make("span", { class: "handles" }, hidden, button("×", () => move(place, remove, "removed"), { class: "slim", "aria-label": say("remove-of", { what }) }));
}

function move(place, does, told = "moved") {
  const what = called(place);
  store.change(() => { acted = does(place) ?? null; });
  announce(say(told, { what }));
}

const KEYS = { ArrowUp: () => up, ArrowDown: () => down, ArrowLeft: (place) => (place.owner.owner ? out : null), ArrowRight: () => into };

function byKey(event, place) {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.target.matches("input, textarea, select")) return;
  const does = KEYS[event.key]?.(place);
  if (!does) return;
  event.preventDefault();
  event.stopPropagation();
  move(place, does);
}

/** Put another condition where one stands. */
function put(place, node) {
  if (place.list) place.list[place.index] = node;
  else place.owner.node.not = node;
  return node;
}

/** Take a condition away; what turned it round goes with it. */
function remove(place) {
  if (!place.list) return remove(place.owner);
  place.list.splice(place.index, 1);
  return place.list[Math.min(place.index, place.list.length - 1)] ?? place.owner.node;
}

function swap(place, by) {
  const at = place.index + by;
  if (!place.list || at < 0 || at >= place.list.length) return place.node;
  [place.list[place.index], place.list[at]] = [place.list[at], place.list[place.index]];
  return place.node;
}

const up = (place) => swap(place, -1);
const down = (place) => swap(place, 1);
const wrap = (place) => { put(place, { any: [place.node] }); return place.node; };

/** Into the group that stands before it. */
function into(place) {
  const list = place.list && listOf(place.list[place.index - 1]);
  if (!list) return place.node;
  place.list.splice(place.index, 1);
  list.push(place.node);
  return place.node;
}

/** Out of its group, to stand behind it; a group that is then empty goes. */
function out(place) {
  const { owner } = place;
  if (!place.list) return put(owner, place.node);
  place.list.splice(place.index, 1);
  if (owner.list) owner.list.splice(owner.index + 1, 0, place.node);
  else return place.list.length ? (place.list.splice(place.index, 0, place.node), place.node) : put(owner, place.node);
  if (!place.list.length) owner.list.splice(owner.index, 1);
  return place.node;
}

/** Turn a condition round, or back. */
function turn(place) {
  if (keyOf(place.node) === "not") return put(place, place.node.not);
  if (!place.list && keyOf(place.owner.node) === "not") return put(place.owner, place.node);
  put(place, { not: place.node });
  return place.node;
}

const nameable = (place) => about(keyOf(place.node)).event;

/** Make a condition a named event, which others may refer to. */
function name(place) {
  const kind = keyOf(place.node);
  const events = (store.question.events ??= {});
  const free = freeName(events, kind);
  events[free] = { kind, ...place.node[kind] };
  return put(place, { exists: free });
}
