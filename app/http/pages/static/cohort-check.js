// After each change: what the cards say, what is wrong and where, and how many patients there are.

import { announce, button, make, part, root, say, showWrong } from "./cohort-dom.js";
import { described } from "./cohort-form.js";
import { BUSY, isGivenUp, newest, send } from "./cohort-server.js";
import { asksNothing, store } from "./cohort-store.js";
import { sayEvents } from "./cohort-events.js";
import { sayTree } from "./cohort-tree.js";

const WAIT = 350; // milliseconds after the last change
const COUNTED_PAGE = 100;
const BAD_INPUT = [400, 413, 422];
const one = newest();
const isLive = root.dataset.pseudonymous !== "yes"; // who sees pseudonyms is told a number only when they ask for it
let timer = 0;
let shown = null; // what is wrong, as it was told last

/** Look at the question as soon as nobody changes it for a moment; the numbers that stand are of the one before. */
export function check() {
  clearTimeout(timer);
  one.stop();
  part("count").setAttribute("aria-busy", "true");
  timer = setTimeout(() => look(isLive), WAIT);
}

/** Look at it now, and count. */
export const countNow = () => { clearTimeout(timer); return look(true); };

const look = (counting) => one(async (signal) => {
  const place = part("count");
  place.setAttribute("aria-busy", "true");
  if (counting && !asksNothing() && !place.querySelector("dl")) place.replaceChildren(quiet("counting"));
  try {
    place.replaceChildren(...await looked(counting, signal));
  } catch (error) {
    if (isGivenUp(error)) return;
    if (error.place && BAD_INPUT.includes(error.status)) showFault({ place: error.place, text: error.message, language: error.spoken });
    showWrong(place, error);
    if (BUSY.includes(error.status)) place.append(make("p", { class: "actions" }, button(say("again"), countNow)));
  }
  place.removeAttribute("aria-busy");
});

const quiet = (name) => make("p", { class: "quiet" }, say(name));

/** What is shown of the question as it is: its numbers, or why there are none. */
async function looked(counting, signal) {
  const told = await send("/cohorts/words", store.question, { signal });
  sayTree(told.nodes);
  sayEvents(told.events);
  showFault(asksNothing() ? null : told.fault);
  if (asksNothing()) return [quiet("asks-nothing")];
  if (told.fault) return [quiet("wrong")];
  if (!counting) return [];
  const asked = { ...store.question, output: { count: true, ...privacy() }, page: { limit: COUNTED_PAGE } };
  return counted(await send("/cohorts/query", asked, { signal }));
}

const privacy = () => (store.question.output?.privacy ? { privacy: store.question.output.privacy } : {});
const figure = (count) => (count === null ? make("span", { class: "quiet" }, say("not-told")) : String(count));

/** The numbers, and what is missing in the records of whom nobody can say. */
function counted({ counts, patients, asOf }) {
  const lines = Object.entries(lacking(patients)).sort((one, other) => other[1] - one[1]);
  const unknown = patients.filter((each) => each.verdict === "unknown").length;
  const told = (count) => count ?? say("not-told");
  announce(say("counted", { matched: told(counts.matched), unknown: told(counts.unknown) }));
  return [
    make("dl", { class: "figures" },
      make("div", {}, make("dt", {}, say("matched")), make("dd", { "data-matched": counts.matched }, figure(counts.matched))),
      make("div", {}, make("dt", {}, say("unknown")), make("dd", {}, figure(counts.unknown)))),
    ...(lines.length ? [make("h3", {}, say("missing")),
      make("ul", {}, lines.map(([what, count]) => make("li", {}, say("missing-line", { what, count })))),
      ...(unknown < (counts.unknown ?? 0) ? [make("p", { class: "quiet" }, say("missing-some", { count: unknown }))] : [])] : []),
    make("p", { class: "quiet" }, `${described.labels.asOf}: ${asOf}`),
  ];
}

/** How many of those who cannot be judged lack each element. */
export function lacking(patients) {
  const found = {};
  for (const each of patients) {
    for (const what of new Set((each.missing ?? []).flatMap((one) => one.data))) found[what] = (found[what] ?? 0) + 1;
  }
  return found;
}

/** Show what is wrong at the card that holds its place; in the page's place for it where none does. */
export function showFault(fault) {
  shown = fault;
  for (const each of root.querySelectorAll(".fault")) each.replaceChildren();
  const other = part("json-fault");
  other.replaceChildren();
  if (!fault) return;
  const cards = [...root.querySelectorAll("[data-path]")].filter((each) => isWithin(fault.place, each.dataset.path));
  const [nearest] = cards.sort((one, another) => another.dataset.path.length - one.dataset.path.length);
  const words = make("p", { role: "alert", lang: fault.language, title: fault.place }, fault.text);
  const place = nearest?.querySelector(":scope > .fault") ?? other;
  place.replaceChildren(words);
  if (place !== other) return;
  words.prepend(`${fault.place}: `);
  part("json").open = true;
}

/** Show it again in cards that were drawn anew. */
export const showAgain = () => showFault(shown);

const isWithin = (place, path) => place === path || place.startsWith(`${path}.`) || place.startsWith(`${path}[`);

/** A button that takes another question over, and says that it can be taken back. */
export function taker(words, question, given = {}) {
  return button(words, () => {
    store.replace(question);
    announce(say("applied"));
  }, given);
}
