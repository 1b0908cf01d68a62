// The answer: patients with what decided, the rows that belong to them, counts by dimension, a page at a time.

import { announce, button, make, part, root, say, showWrong } from "./cohort-dom.js";
import { lacking } from "./cohort-check.js";
import { distributions } from "./cohort-distributions.js";
import { described } from "./cohort-form.js";
import { grid, tabs } from "./cohort-grid.js";
import { linked, peopleOf } from "./cohort-people.js";
import { isGivenUp, newest, send } from "./cohort-server.js";
import { store } from "./cohort-store.js";
import { takeAway } from "./cohort-take.js";

const PAGE = 25;
const { base } = root.dataset;
const one = newest();
let pages = []; // the tokens of the pages so far
let chosen = "patients";

/** Ask for the first page of the answer, and go there. */
export function answerNow() {
  pages = [null];
  chosen = "patients";
  part("results").hidden = false;
  page(true);
}

const page = (arriving) => one(async (signal) => {
  const place = part("results").querySelector(":scope > div");
  place.setAttribute("aria-busy", "true");
  const question = structuredClone(store.question);
  try {
    const [told, words] = await Promise.all([
      send("/cohorts/query", asked(question, pages.at(-1)), { signal }),
      send("/cohorts/words", question, { signal }),
    ]);
    const who = await peopleOf(told.patients.map((each) => each.reference), { signal });
    show(place, question, { told, who, words: words.nodes });
    if (arriving) document.getElementById("answers").focus();
  } catch (error) {
    if (isGivenUp(error)) return;
    showWrong(place, error);
  }
  place.removeAttribute("aria-busy");
});

/** The question with a page of its answer. */
function asked(question, token) {
  const { format, ...output } = question.output ?? {};
  return { ...question, output, page: token ? { limit: PAGE, token } : { limit: PAGE } };
}

function show(place, question, { told, who, words }) {
  const { rows } = told;
  const panels = {
    patients: [`${say("patients")} (${told.patients.length})`, () => patients(told, who, words)],
    ...Object.fromEntries(Object.entries(rows).map(([name, each]) => [name, [`${name} (${each.length})`, () => table(each, who)]])),
    ...(told.links.length ? { "\0links": [`${described.labels.links} (${told.links.length})`, () => links(told.links)] } : {}),
    "\0by": [say("distribution"), () => distributions(question, told.by)],
  };
  if (!panels[chosen]) chosen = "patients";
  place.replaceChildren(tabs(panels, chosen, (name) => { chosen = name; }), paging(told), takeAway(question, Object.keys(rows)));
  announce(say("counted", { matched: told.counts.matched ?? say("not-told"), unknown: told.counts.unknown ?? say("not-told") }));
}

function patients(told, who, words) {
  if (!told.patients.length) return make("p", { class: "empty" }, told.counts.matched === 0 && told.counts.unknown === 0 ? say("no-patients") : say("withheld"));
  const isNamed = Object.keys(who).length > 0;
  const verdicts = { matched: ["good", say("matched")], unknown: ["warn", say("unknown")] };
  const lines = told.patients.map((each) => [
    linked(each.reference, who[each.reference]),
    ...(isNamed ? [who[each.reference]?.sex ?? "", who[each.reference]?.born ?? ""] : []),
    make("span", { class: `badge ${verdicts[each.verdict][0]}` }, verdicts[each.verdict][1]),
    because(each.deciding, words),
    [...new Set((each.missing ?? []).flatMap((lack) => lack.data))].join(", "),
  ]);
  const columns = [say("patients"), ...(isNamed ? [described.options.sex, say("born")] : []), say("verdict"), say("deciding"), say("missing")];
  const missing = Object.entries(lacking(told.patients));
  return make("div", {}, grid(columns, lines), missing.length
    ? make("p", { class: "quiet" }, missing.map(([what, count]) => say("missing-line", { what, count })).join("; ")) : null);
}

/** The words of the conditions that decide. */
function because(paths, words) {
  const said = paths.map((path) => Object.entries(words).find(([place]) => path === place || path.startsWith(`${place}.`))?.[1] ?? path);
  return [...new Set(said)].join("; ");
}

function cell(column, value, row, who) {
  if (value === null || value === undefined) return "";
  if (column === "patient" || column === "reference") return linked(value, who[value]);
  if (column === "studyInstanceUID" && root.dataset.pictures === "yes") return make("a", { href: `${base}/studies/${value}` }, row.description || value);
  return Array.isArray(value) ? value.join(", ") : typeof value === "object" ? JSON.stringify(value) : String(value);
}

function table(rows, who) {
  if (!rows.length) return make("p", { class: "empty" }, say("no-rows"));
  const columns = Object.keys(rows[0]);
  return grid(columns, rows.map((row) => columns.map((each) => cell(each, row[each], row, who))));
}

const links = (pairs) => grid([say("from"), say("without-links"), described.labels.via],
  pairs.map((each) => [linked(each.from), linked(each.to), each.via]));

function paging(told) {
  const back = button(say("less"), () => { pages.pop(); page(true); }, { disabled: pages.length < 2 });
  const on = button(say("more"), () => { pages.push(told.next); page(true); }, { disabled: !told.next });
  const first = (pages.length - 1) * PAGE + 1;
  const lines = told.patients.length ? say("lines-of", { first, last: first + told.patients.length - 1 }) : "";
  return pages.length < 2 && !told.next ? "" : make("p", { class: "actions" }, back, on, make("span", { class: "quiet" }, lines));
}
