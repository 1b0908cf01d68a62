// The page of cohorts: a question in plain words or as cards, how many it finds, the answer, and what is kept of it.

import { part, root, say, showWrong } from "./cohort-dom.js";
import { listenToWords } from "./cohort-ask.js";
import { check, countNow, showAgain } from "./cohort-check.js";
import { drawEvents } from "./cohort-events.js";
import { listenToExplain } from "./cohort-explain.js";
import { described, form } from "./cohort-form.js";
import { answerNow } from "./cohort-results.js";
import { showSaved } from "./cohort-saved.js";
import { read } from "./cohort-server.js";
import { EMPTY, store } from "./cohort-store.js";
import { drawTree } from "./cohort-tree.js";

const json = part("json").querySelector("textarea");
const day = part("as-of").querySelector("input");
const output = part("output").querySelector("div");

const DEEDS = {
  undo: () => store.undo(),
  redo: () => store.redo(),
  count: countNow,
  answer: answerNow,
  "take-json": takeJson,
};

/** Take over what was typed as JSON. */
function takeJson() {
  try {
    const typed = JSON.parse(json.value);
    if (!typed?.population || typeof typed.population !== "object") throw new Error("population");
    store.replace(typed);
  } catch (error) {
    showWrong(part("json-fault"), new Error(say("not-json", { what: error.message })));
  }
}

function drawOutput() {
  store.question.output ??= {};
  output.replaceChildren(form("Output", store.question.output));
}

function changed(redraw) {
  if (redraw) {
    drawTree();
    drawEvents();
    drawOutput();
  }
  day.value = store.question.asOf ?? "";
  json.value = JSON.stringify(store.question, null, 2);
  root.querySelector('[data-do="undo"]').disabled = !store.canUndo;
  root.querySelector('[data-do="redo"]').disabled = !store.canRedo;
  check();
}

function listen() {
  for (const each of root.querySelectorAll("[data-do]")) each.addEventListener("click", () => DEEDS[each.dataset.do]?.());
  part("tree").addEventListener("redrawn", showAgain);
  root.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.target.matches("input, textarea")) return;
    event.preventDefault();
    if (event.shiftKey) store.redo(); else store.undo();
  });
  day.addEventListener("change", () => store.change((question) => {
    if (day.value) question.asOf = day.value; else delete question.asOf;
  }, { redraw: false }));
  store.listen(changed);
}

async function begin() {
  Object.assign(described, await read("/cohorts/forms"));
  part("plain").hidden = true;
  part("build").hidden = false;
  listen();
  listenToWords();
  listenToExplain();
  store.begin(root.dataset.asked ? JSON.parse(root.dataset.asked) : EMPTY);
  await showSaved();
  root.dataset.ready = "yes";
}

begin().catch((error) => {
  part("build").hidden = true;
  part("plain").hidden = false;
  showWrong(part("understood"), error);
});
