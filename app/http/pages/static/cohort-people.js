// Who the patients of an answer are, for whoever reads records: called as every page calls them.

import { make, root, say } from "./cohort-dom.js";
import { read } from "./cohort-server.js";

const MOST = 50; // of one request
const WHO = "Patient/";
const { base } = root.dataset;
const isIdentified = root.dataset.pseudonymous !== "yes" && root.dataset.patients === "yes";
const PAGES = {
  Patient: (id) => `/patients/${id}`,
  DiagnosticReport: (id) => `/reports/${id}`,
};

/** The people behind references, by reference: nobody where the caller does not see who patients are. */
export async function peopleOf(references, asked = {}) {
  const wanted = isIdentified ? [...new Set(references)].filter((each) => each.startsWith(WHO)) : [];
  const found = {};
  for (let at = 0; at < wanted.length; at += MOST) {
    const ids = wanted.slice(at, at + MOST).map((each) => each.slice(WHO.length));
    const { people } = await read(`/cohorts/people?ids=${ids.join(",")}`, asked);
    for (const [id, person] of Object.entries(people)) found[WHO + id] = person;
  }
  return found;
}

/** What a reference is of, by the name of the person where that is known, with a way there where one may go. */
export function linked(reference, person = null) {
  const [type, id] = reference.split("/");
  if (!isIdentified || id.startsWith("pseudonym-")) return reference;
  const path = PAGES[type]?.(id) ?? `/fhir/${reference}`;
  return make("a", { href: base + path }, person ? called(person) : reference);
}

function called({ names: [first, other] }) {
  return [first ?? say("nameless"), ...(other ? [" ", make("span", { class: "quiet other-name" }, other)] : [])];
}
