// A question in plain words: what of it was understood, what is assumed, and the cards that it fills.

import { announce, button, inLanguage, make, part, say, showWrong } from "./cohort-dom.js";
import { taker } from "./cohort-check.js";
import { BUSY, isGivenUp, newest, send } from "./cohort-server.js";
import { store } from "./cohort-store.js";

const VERDICTS = { exact: ["good", "exact"], assumed: ["warn", "exact-but"], partial: ["warn", "partial"], refused: ["bad", "refused"] };
const one = newest();
let choices = {};

/** Let the form of plain words fill the cards. */
export function listenToWords() {
  const form = part("ask");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    choices = {};
    ask(form.elements.words.value);
  });
  form.elements.words.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  for (const each of part("often").querySelectorAll("button")) {
    each.addEventListener("click", (event) => {
      event.preventDefault();
      part("understood").replaceChildren();
      store.replace(JSON.parse(each.dataset.question));
    });
  }
}

/** Whether somebody wants the service outside to be sent their words, too. */
const proposing = () => part("ask").elements.propose?.checked === true;

const ask = (words) => one(async (signal) => {
  const place = part("understood");
  if (!words.trim()) return;
  place.setAttribute("aria-busy", "true");
  try {
    const asked = { question: words, ...(Object.keys(choices).length ? { choices } : {}), ...(proposing() ? { propose: true } : {}) };
    const told = await send("/cohorts/ask", asked, { signal });
    show(place, words, told);
    if (told.question) store.replace(told.question);
  } catch (error) {
    if (isGivenUp(error)) return;
    showWrong(place, error);
    if (BUSY.includes(error.status)) place.append(make("p", { class: "actions" }, button(say("again"), () => ask(words))));
  }
  place.removeAttribute("aria-busy");
});

function show(place, words, told) {
  const [tone, name] = VERDICTS[told.verdict];
  const verdict = say(name);
  place.replaceChildren(...[
    make("p", {}, make("span", { class: `badge ${tone}` }, verdict), " ", marked(words, told)),
    told.restatement ? make("p", {}, make("strong", {}, say("restated")), " ", inLanguage(told.restatement)) : null,
    told.reasons.length ? make("ul", { class: "why" }, told.reasons.map((each) => make("li", {}, inLanguage(each.text), quoted(words, each.span)))) : null,
    ...told.notUnderstood.filter((each) => each.suggestions?.length).map((each) => perhaps(words, each)),
    ...told.assumptions.map((each) => assumption(words, each)),
    told.proposal ? proposal(told.proposal) : null,
  ].filter(Boolean));
  announce(told.restatement ? say("asked-of", { what: inLanguage(told.restatement) }) : verdict);
}

/** The characters of a stretch; positions count characters as the gateway does, not halves of them. */
const stretch = (words, [start, end]) => Array.from(words).slice(start, end).join("");
const quoted = (words, span) => (span ? ` “${stretch(words, span)}”` : "");

/** The question with what was not understood marked, and what was understood underlined. */
function marked(words, told) {
  const length = Array.from(words).length;
  const spans = [...told.notUnderstood.map((each) => ({ ...each, unknown: true })), ...(told.spans ?? [])]
    .sort((one, other) => one.span[0] - other.span[0]);
  const shown = [];
  let at = 0;
  for (const each of spans) {
    const [start, end] = each.span;
    if (start < at || end <= start) continue;
    shown.push(stretch(words, [at, start]));
    const text = stretch(words, each.span);
    shown.push(each.unknown ? make("mark", {}, text, make("span", { class: "unseen" }, ` (${say("span-unknown")})`))
      : make("span", { class: "known", title: each.node ?? null }, text));
    at = end;
  }
  shown.push(stretch(words, [at, length]));
  return make("span", { class: "question", lang: told.language }, shown);
}

/** What a word that was not understood may mean: one press puts that in its place, and asks again. */
function perhaps(words, { text, span: [start, end], suggestions }) {
  const letters = Array.from(words);
  const put = (name) => {
    const corrected = [...letters.slice(0, start), name, ...letters.slice(end)].join("");
    part("ask").elements.words.value = corrected;
    choices = {};
    ask(corrected);
  };
  return make("div", { class: "assumption" }, make("p", {}, say("perhaps", { what: text })),
    make("p", { class: "actions" }, suggestions.map((each) => button(each, () => put(each)))));
}

/** What is assumed, and what else might be meant: one press takes that. */
function assumption(words, each) {
  return make("div", { class: "assumption" },
    make("p", {}, say("assumed", { of: stretch(words, each.span), what: inLanguage(each.chosen.label) }), " ", make("span", { class: "quiet" }, inLanguage(each.why))),
    make("p", { class: "actions" }, each.alternatives.map((other) => button(say("alternative", { what: inLanguage(other.label) }), () => {
      choices[each.id] = other.id;
      store.replace(other.question);
      announce(say("applied"));
      ask(words);
    }))));
}

/** What a service outside proposes, as a difference; nothing is taken before somebody does. */
function proposal({ model, question, restatement, differences, rejected, error }) {
  const codes = rejected?.length ? [make("p", {}, say("rejected")), make("ul", {}, rejected.map((each) =>
    make("li", {}, `${each.name || each.code}: `, inLanguage(each.reason))))] : [];
  if (error) return make("div", { class: "note warn", "data-part": "proposal" }, make("p", {}, inLanguage(error.text)), codes);
  const shown = (value) => (value === null || value === undefined ? say("left-out") : JSON.stringify(value));
  const places = differences.filter((each) => each.path !== "$");
  return make("div", { class: "note warn", "data-part": "proposal" },
    make("p", {}, make("strong", {}, say("proposal", { who: model })), " ", inLanguage(restatement)),
    differences.length ? make("ul", {}, places.map((each) => make("li", {}, make("code", {}, each.path), ": ",
      make("del", {}, shown(each.was)), " → ", make("ins", {}, shown(each.now))))) : make("p", {}, say("proposal-same")),
    codes, differences.length ? make("p", { class: "actions" }, taker(say("take"), question)) : null);
}
