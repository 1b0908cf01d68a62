// Who is left after each condition, and the one change of the question that reaches a wanted number.

import { announce, make, part, say, showWrong } from "./cohort-dom.js";
import { showFault, taker } from "./cohort-check.js";
import { isGivenUp, newest, send } from "./cohort-server.js";
import { store } from "./cohort-store.js";

const one = newest();
const WITHIN_THE_REQUEST = "$.question";

/** Let the form of the funnel explain the question. */
export function listenToExplain() {
  const form = part("explain");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = Number(form.elements.wanted.value);
    explain(Number.isInteger(wanted) && wanted > 0 ? wanted : null);
  });
}

const explain = (wanted) => one(async (signal) => {
  const place = part("funnel");
  place.replaceChildren(make("p", { class: "quiet" }, say("counting")));
  try {
    const question = structuredClone(store.question);
    const told = await send("/cohorts/explain", { question, ...(wanted ? { wanted } : {}) }, { signal });
    const words = await send("/cohorts/words", question, { signal });
    const changes = [told.relaxation, ...told.alternatives].filter(Boolean);
    const asked = { question, changes: changes.map(({ path, now }) => ({ path, now })) };
    const said = changes.length ? (await send("/cohorts/changes", asked, { signal })).changes : [];
    place.replaceChildren(steps(question, told, words.nodes), ...(wanted ? relaxed(told.counts, wanted, changes, said) : []));
  } catch (error) {
    if (isGivenUp(error)) return;
    error.place = error.place.startsWith(WITHIN_THE_REQUEST) ? `$${error.place.slice(WITHIN_THE_REQUEST.length)}` : error.place;
    if (error.place) showFault({ place: error.place, text: error.message, language: error.spoken });
    showWrong(place, error);
  }
});

/** The funnel as a list; the words of a step are those of its card. */
function steps(question, { steps: found }, words) {
  const all = question.population.all?.length ? question.population.all : null;
  const most = Math.max(1, ...found.map((each) => each.counts?.matched ?? 0));
  return make("ol", { class: "funnel" }, found.map((each, at) => {
    const path = all ? `$.population.all[${at}]` : "$.population";
    const matched = each.counts?.matched;
    return make("li", {}, make("span", { class: "grow" }, words[path] ?? ""),
      typeof matched === "number" ? make("progress", { max: most, value: matched, "aria-hidden": "true" }) : null,
      make("span", { class: "figure" }, typeof matched === "number" ? String(matched) : say("not-told")));
  }));
}

/** The changes that reach a wanted number; `said` are their words, in the same order. */
function relaxed(counts, wanted, changes, said) {
  if (counts.matched !== null && counts.matched >= wanted) return [];
  const intro = make("p", {}, say("wanted", { wanted }));
  announce(changes.length ? intro.textContent : say("no-relaxation", { wanted }));
  if (!changes.length) return [make("p", {}, say("no-relaxation", { wanted }))];
  return [intro, make("ul", { class: "changes" }, changes.map((each, at) => {
    const { was, now } = said[at];
    const what = now === null ? say("change-out", { what: was }) : say("change-of", { was, now });
    return make("li", {}, make("span", { class: "grow" }, say("reached", { matched: each.matched, what })), " ",
      taker(say("apply"), each.question, { "aria-label": `${say("apply")}: ${what}` }));
  }))];
}
