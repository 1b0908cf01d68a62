// Saved cohorts: kept under a name, opened again, shared, answered anew, and what changed between two answers.

import { announce, button, choice, make, moment, part, say, showWrong, unique } from "./cohort-dom.js";
import { linked, peopleOf } from "./cohort-people.js";
import { NOT_FOUND, read, request, send } from "./cohort-server.js";
import { store } from "./cohort-store.js";

const PATH = "/cohorts/saved";
const LISTED = 20;
let current = null; // the saved cohort that is open, with the tag of its edition

/** Show the saved cohorts, and open the one that the address names. */
export async function showSaved() {
  await draw();
  const wanted = new URLSearchParams(location.search).get("saved");
  if (!wanted) return;
  try {
    await open(wanted);
  } catch (error) { // said at the top, where who follows a link looks
    showWrong(part("understood"), error.status === NOT_FOUND ? new Error(say("no-such-saved")) : error);
  }
}

async function draw() {
  const place = part("saved");
  try {
    const { cohorts } = await read(`${PATH}?limit=${LISTED}`);
    place.replaceChildren(form(), told, cohorts.length
      ? make("ul", { class: "rows saved" }, cohorts.map(line)) : make("p", { class: "empty" }, say("no-saved")));
  } catch (error) {
    showWrong(place, error);
  }
}

const told = make("div", { class: "told", "aria-live": "polite" });

/** Do something with the gateway; what it refuses is shown. */
async function tried(act) {
  try {
    await act();
  } catch (error) {
    showWrong(told, error);
  }
}

const line = (each) => make("li", { "aria-current": current?.id === each.id ? "true" : null },
  make("span", { class: "grow" }, make("strong", {}, each.name), make("span", { class: "quiet" },
    ` ${say("version", { number: each.version })} · ${each.own ? say("changed-when", { when: moment(each.changedAt) }) : say("owner", { who: each.owner })}`)),
  button(say("open"), () => tried(() => open(each.id)), { "aria-label": say("open-of", { what: each.name }) }));

async function open(id) {
  const answer = await request(`${PATH}/${encodeURIComponent(id)}`);
  await opened(answer);
  store.begin(current.question);
  announce(say("opened", { what: current.name }));
}

/** Remember a saved cohort as the one that is open. */
async function opened(answer) {
  current = { ...await answer.json(), tag: answer.headers.get("ETag") };
  const address = new URL(location.href);
  address.searchParams.set("saved", current.id);
  history.replaceState(null, "", address);
  told.replaceChildren();
  await draw();
  await beside();
}

const names = (text) => text.split(",").map((each) => each.trim()).filter(Boolean);

function form() {
  const shared = current?.sharedWith ?? { users: [], roles: [] };
  const box = (name, value, given = {}) => {
    const id = unique(name);
    const input = make("input", { id, name, value, autocomplete: "off", ...given });
    return [make("label", { class: "field", for: id }, make("span", {}, say(`save-${name}`)), input), input];
  };
  const [nameRow, name] = box("name", current?.name ?? "", { maxlength: 200, required: true });
  const [aboutRow, about] = box("description", current?.description ?? "", { maxlength: 4000 });
  const [usersRow, users] = box("users", shared.users.join(", "), { placeholder: say("list") });
  const [rolesRow, roles] = box("roles", shared.roles.join(", "), { placeholder: say("list") });
  const body = () => ({
    name: name.value.trim(), description: about.value.trim(), question: store.question,
    sharedWith: { users: names(users.value), roles: names(roles.value) },
  });
  const save = async (as) => {
    const asked = as ? { method: "PUT", headers: { "If-Match": as.tag } } : { method: "POST" };
    await opened(await request(as ? `${PATH}/${as.id}` : PATH, { ...asked, body: body() }));
    announce(say("saved", { what: current.name }));
    told.replaceChildren(make("p", { class: "note good", role: "status" }, say("saved", { what: current.name })));
  };
  return make("form", { class: "saving", onsubmit: (event) => { event.preventDefault(); tried(() => save(current?.own ? current : null)); } },
    nameRow, make("details", { open: shared.users.length + shared.roles.length > 0 }, make("summary", {}, say("save-more")), aboutRow, usersRow, rolesRow),
    make("p", { class: "actions" }, make("button", { "data-do": "save" }, say(current?.own ? "save" : "save-new")),
      current ? button(say("save-copy"), () => tried(() => save(null))) : null,
      current ? button(say("refresh"), () => tried(refresh), { "data-do": "refresh" }) : null,
      current?.own ? button(say("remove"), () => tried(remove), { class: "danger", "aria-label": say("remove-of", { what: current.name }) }) : null));
}

async function remove() {
  await request(`${PATH}/${current.id}`, { method: "DELETE", headers: { "If-Match": current.tag } });
  announce(say("removed", { what: current.name }));
  current = null;
  history.replaceState(null, "", location.pathname);
  told.replaceChildren();
  await draw();
}

async function refresh() {
  const { counts } = await send(`${PATH}/${current.id}/refresh`);
  await beside();
  const words = say("refreshed", { matched: counts.matched ?? say("not-told"), unknown: counts.unknown ?? say("not-told") });
  told.prepend(make("p", { class: "note good", role: "status" }, words));
}

/** The versions of the open cohort and one's refreshes of it, any two of which are compared. */
async function beside() {
  const path = `${PATH}/${current.id}`;
  const [{ versions }, { refreshes }] = await Promise.all([read(`${path}/versions`), read(`${path}/refreshes`)]);
  const sides = [
    ...refreshes.map((each) => [`r${each.refresh}`, `${say("refresh")} ${each.refresh} · ${moment(each.at)}`]),
    ...versions.map((each) => [`v${each.version}`, `${say("version", { number: each.version })} · ${moment(each.at)}`]),
  ];
  const list = make("ul", { class: "rows" }, versions.map((each) => make("li", {},
    make("span", { class: "grow" }, say("version", { number: each.version }), make("span", { class: "quiet" }, ` ${moment(each.at)} · ${each.by}`)),
    button(say("open"), () => { store.replace(each.question); announce(say("opened", { what: say("version", { number: each.version }) })); },
      { "aria-label": say("open-of", { what: say("version", { number: each.version }) }) }))));
  told.replaceChildren(make("details", {}, make("summary", {}, say("versions")), list), sides.length > 1 ? comparer(path, sides) : "");
}

function comparer(path, sides) {
  const from = choice(sides, sides.at(1)[0], { "aria-label": say("compare-from") });
  const to = choice(sides, sides.at(0)[0], { "aria-label": say("compare-to") });
  const shown = make("div", { "aria-live": "polite" });
  const compare = async () => {
    try {
      const found = await read(`${path}/diff?${new URLSearchParams({ from: from.value, to: to.value })}`);
      const names = ["entered", "left", "stayed"];
      shown.replaceChildren(make("dl", { class: "figures" }, names.map((name) => make("div", {}, make("dt", {}, say(name)), make("dd", {}, String(found.counts[name] ?? say("not-told")))))),
        ...["entered", "left"].filter((name) => found[name].length).map((name) => changed(say(name), found[name])));
    } catch (error) {
      showWrong(shown, error);
    }
  };
  return make("details", {}, make("summary", {}, say("compare")), make("div", { class: "inline" }, from, "→", to, button(say("compare"), compare)), shown);
}

/** Those who entered, or left; by name as soon as somebody looks. */
function changed(title, patients) {
  const list = make("ul", {});
  const draw = (who) => list.replaceChildren(...patients.map((each) => make("li", {}, linked(each.reference, who[each.reference]),
    each.deciding?.length ? ` (${each.deciding.join(", ")})` : "")));
  draw({});
  const name = async () => {
    try {
      draw(await peopleOf(patients.map((each) => each.reference)));
    } catch (error) {
      list.before(make("p", { role: "alert" }, error.message));
    }
  };
  const details = make("details", {}, make("summary", {}, title), list);
  details.addEventListener("toggle", name, { once: true });
  return details;
}
