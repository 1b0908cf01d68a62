// Taking a cohort away: its answer as a file, and an export of pictures and tables as a job.

import { announce, button, choice, make, root, say, showWrong, unique } from "./cohort-dom.js";
import { read, request, send } from "./cohort-server.js";

const FORMS = {
  json: ["JSON", "application/json"],
  csv: ["CSV", "text/csv, application/zip;q=0.9"],
  ndjson: ["NDJSON", "application/x-ndjson, application/zip;q=0.9"],
  parquet: ["Parquet", "application/vnd.apache.parquet, application/zip;q=0.9"],
  bundle: ["FHIR Bundle", "application/fhir+json"],
};
const ENDINGS = { "application/zip": "zip", "text/csv": "csv", "application/x-ndjson": "ndjson", "application/vnd.apache.parquet": "parquet", "application/fhir+json": "json" };
const LARGEST_PAGE = 1_000; // patients
const EVERY = 2_000; // milliseconds between two looks at a job
const OPTIONS = { what: ["dicom", "nifti", "none"], tables: ["csv", "parquet", "none"] };

/** What takes the answer of a question away, and where exports are allowed an export. */
export function takeAway(question) {
  const told = make("div", { class: "taken", "aria-live": "polite" });
  const download = async (name) => {
    try {
      if (name === "json") keep(await wholeJson(question), "cohort.json");
      else {
        const output = { ...(question.output ?? {}), format: name };
        const answer = await request("/cohorts/query", { method: "POST", body: { ...question, output }, accept: FORMS[name][1] });
        keep(await answer.blob(), fileName(answer, name));
      }
      told.replaceChildren();
      announce(say("downloaded", { what: FORMS[name][0] }));
    } catch (error) {
      showWrong(told, error);
    }
  };
  if (root.dataset.rows !== "yes") return "";
  return make("div", { class: "take" }, make("h3", {}, say("download")),
    make("p", { class: "actions" }, Object.entries(FORMS).map(([name, [words]]) => button(words, () => download(name), { "data-download": name, "aria-label": `${say("download")}: ${words}` }))),
    told, root.dataset.exports === "yes" ? exporter(question) : null);
}

/** The answer as JSON, all of its pages as one. */
async function wholeJson(question) {
  const { format, ...output } = question.output ?? {};
  let whole = null;
  for (let token = null; whole === null || token;) {
    const page = { limit: LARGEST_PAGE, ...(token ? { token } : {}) };
    const told = await send("/cohorts/query", { ...question, ...(whole ? { asOf: whole.asOf } : {}), output, page });
    token = told.next;
    if (whole === null) { whole = { ...told, next: null }; continue; }
    whole.patients.push(...told.patients);
    whole.links.push(...told.links);
    for (const [name, rows] of Object.entries(told.rows)) (whole.rows[name] ??= []).push(...rows);
  }
  return new Blob([JSON.stringify(whole, null, 2)], { type: FORMS.json[1] });
}

function fileName(answer, form) {
  const named = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1];
  const kind = (answer.headers.get("Content-Type") ?? "").split(";")[0];
  return named ?? `cohort.${ENDINGS[kind] ?? form}`;
}

/** Have the browser keep a file. */
function keep(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = make("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), EVERY);
}

function exporter(question) {
  const id = unique("project");
  const project = make("input", { id, maxlength: 64, required: true });
  const chosen = Object.fromEntries(Object.entries(OPTIONS).map(([name, all]) =>
    [name, choice(all.map((each) => [each, each]), all[0], { "aria-label": say(`export-${name}`) })]));
  const told = make("div", { "aria-live": "polite" });
  const form = make("form", { class: "inline", onsubmit: (event) => {
    event.preventDefault();
    const { output, page, ...asked } = question;
    begin(told, { project: project.value.trim(), question: { ...asked, ...(output ? { output: withoutForm(output) } : {}) }, what: chosen.what.value, tables: chosen.tables.value, destination: { type: "zip" } });
  } }, make("label", { class: "field", for: id }, make("span", {}, say("export-project")), project),
  Object.entries(chosen).map(([name, each]) => make("label", { class: "field" }, make("span", {}, say(`export-${name}`)), each)),
  make("button", {}, say("export-begin")));
  return make("div", {}, make("h3", {}, say("export")), form, told);
}

const withoutForm = ({ format, ...output }) => output;

async function begin(place, wish) {
  try {
    const job = await send("/exports", wish);
    announce(say("export-begun"));
    watch(place, job);
  } catch (error) {
    showWrong(place, error);
  }
}

/** Look at a job until it ends. */
async function watch(place, job) {
  const path = `/exports/${encodeURIComponent(job.id)}`;
  try {
    if (job.status === "succeeded") return ready(place, path);
    if (["failed", "cancelled"].includes(job.status)) {
      return place.replaceChildren(make("p", { role: "alert" }, say("export-failed", { what: job.error?.message ?? job.error?.code ?? job.status })));
    }
    const cancel = button(say("cancel"), async () => {
      cancel.disabled = true;
      try {
        await request(path, { method: "DELETE" });
        place.replaceChildren(make("p", {}, say("cancelled")));
      } catch (error) { showWrong(place, error); }
    });
    place.replaceChildren(make("label", {}, say("export-begun"), " ", make("progress", { max: 100, value: job.percentComplete ?? null })), cancel);
    await new Promise((done) => { setTimeout(done, EVERY); });
    if (place.isConnected && !cancel.disabled) await watch(place, await read(path));
  } catch (error) {
    showWrong(place, error);
  }
}

async function ready(place, path) {
  const { files } = await read(`${path}/files`);
  announce(say("export-ready"));
  place.replaceChildren(make("p", {}, say("export-ready")), make("ul", {}, files.map((each) => make("li", {},
    each.url ? make("a", { href: each.url, download: true }, each.path) : each.path))));
}
