// What the parts of the page of cohorts are made with: elements, phrases in its language, what is announced.

export const root = document.getElementById("cohort");
export const language = document.documentElement.lang;
const phrases = JSON.parse(root.dataset.phrases);
let made = 0;

/** A phrase of the page, with its values. */
export function say(name, values = {}) {
  return (phrases[name] ?? name).replace(/%\((\w+)\)s/g, (_, key) => values[key] ?? "");
}

/** An element; what begins with `on` is a listener, what is null or false is left out. */
export function make(tag, given = {}, ...inner) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...inner.flat().filter((each) => each !== null && each !== undefined));
  return element;
}

/** A button that does something. */
export function button(words, act, given = {}) {
  return make("button", { type: "button", onclick: act, ...given }, words);
}

/** A choice among pairs of a value and its words. */
export function choice(options, value, given = {}) {
  return make("select", given, options.map(([each, words]) =>
    make("option", { value: each, selected: String(each) === String(value) }, words)));
}

/** A name that no other element of the page has. */
export const unique = (name) => `${name}-${++made}`;

/** A place of the page by its name. */
export const part = (name) => root.querySelector(`[data-part="${name}"]`);

/** Say something to those who do not see it. */
export function announce(words) {
  const place = document.getElementById("told");
  if (place) place.textContent = words;
}

/** A text of both languages in that of the page. */
export const inLanguage = (told) =>
  told && typeof told === "object" ? told[language] ?? Object.values(told)[0] ?? "" : told ?? "";

/** A moment as the page's language writes it. */
export const moment = (text) => new Date(text).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });

/** Show what went wrong in a place. */
export function showWrong(place, problem) {
  const words = problem.place ? say("at-place", { place: problem.place, what: problem.message }) : problem.message;
  place.replaceChildren(make("p", { role: "alert", lang: problem.spoken ?? null }, words));
}
