// How those who match are spread: counts by sex, by age, by the year or the code of a named event, as a table with bars.

import { announce, button, make, say, showWrong } from "./cohort-dom.js";
import { described } from "./cohort-form.js";
import { grid } from "./cohort-grid.js";
import { isGivenUp, newest, send } from "./cohort-server.js";

const OF_PATIENTS = ["sex", "ageGroup"];
const OF_EVENTS = { imaging: ["year", "modality", "bodySite"], device: ["code"], dose: ["year"] };
const OF_OTHERS = ["year", "code"];
const called = (each) => [described.options[each.by] ?? each.by, each.of].filter(Boolean).join(": ");

/** What a question can be counted by: of its patients, and of each event that it names. */
function dimensions(question) {
  const events = Object.entries(question.events ?? {});
  return [
    ...OF_PATIENTS.map((by) => ({ by })),
    ...events.flatMap(([of, each]) => (OF_EVENTS[each.kind] ?? OF_OTHERS).map((by) => ({ by, of }))),
  ];
}

/** Buttons that count by one dimension each; nothing is counted before one is pressed. */
export function distributions(question, told) {
  const shown = make("div", { "aria-live": "polite" }, told ? tally(told) : "");
  const one = newest();
  const buttons = dimensions(question).map((each) => button(called(each), () => one(async (signal) => {
    shown.setAttribute("aria-busy", "true");
    try {
      const { privacy } = question.output ?? {};
      const output = { count: true, by: [each], ...(privacy ? { privacy } : {}) };
      const found = await send("/cohorts/query", { ...question, output, page: { limit: 1 } }, { signal });
      shown.replaceChildren(tally(found.by));
      announce(say("counted-by", { what: called(each) }));
    } catch (error) {
      if (isGivenUp(error)) return;
      showWrong(shown, error);
    }
    shown.removeAttribute("aria-busy");
  }), { "data-by": each.by, "data-of": each.of ?? null }));
  return make("div", {}, make("p", { class: "actions" }, buttons), shown);
}

/** Counts by one or two dimensions, as a table whose numbers are bars, too. */
function tally({ dimensions: counted, cells, margins, total, withheld }) {
  const lines = counted.length === 1 ? cells : [...cells, ...margins.flatMap((some, at) => some.map((each) => ({
    values: counted.map((_, index) => (index === at ? each.value : say("total"))), patients: each.patients,
  })))];
  const most = Math.max(1, ...cells.map((each) => each.patients));
  const bar = (count) => [make("progress", { max: most, value: Math.min(count, most), "aria-hidden": "true" }), ` ${count}`];
  return make("div", {}, grid([...counted.map(called), say("patients")], [
    ...lines.map((each) => [...each.values.map((value) => described.options[value] ?? value), bar(each.patients)]),
    [...counted.map((_, at) => (at ? "" : say("total"))), total === null ? say("not-told") : String(total)],
  ]), withheld ? make("p", { class: "quiet" }, say("withheld")) : null);
}
