// What the page of cohorts asks the gateway for: as its API is asked, with the form token of the session.

import { root, say } from "./cohort-dom.js";

const { base, token } = root.dataset;
const SESSION_OVER = 401;
export const NOT_FOUND = 404;
/** The statuses of what may answer when it is asked again. */
export const BUSY = [0, 429, 503, 504];

/** What was refused: its status, its words and their language, and the place in the question. */
export class Problem extends Error {
  constructor(status, words, place = "", spoken = null) {
    super(words);
    Object.assign(this, { status, place, spoken });
  }
}

async function refused(answer) {
  if (answer.status === SESSION_OVER) return new Problem(answer.status, say("session-over"));
  let told = {};
  try { told = await answer.json(); } catch { /* no problem document */ }
  if (answer.status === NOT_FOUND && !told.detail) return new Problem(answer.status, say("not-offered"));
  return new Problem(answer.status, told.detail ?? say("failed"), told.location?.[0] ?? "", told.detail ? "en" : null);
}

/** The answer to a request, whatever it holds; raises a `Problem` for what is refused. */
export async function request(path, { method = "GET", body, signal, accept = "application/json", headers = {} } = {}) {
  const sent = { Accept: accept, "X-CSRF-Token": token, ...headers };
  if (body !== undefined) sent["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path.startsWith(base) && base ? path : base + path, {
      method, signal, headers: sent, credentials: "same-origin",
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, say("failed"));
  }
  if (!answer.ok) throw await refused(answer);
  return answer;
}

/** The JSON of an answer. */
export const read = async (path, asked) => (await request(path, asked)).json();

/** Send JSON and read JSON. */
export const send = (path, body, asked = {}) => read(path, { method: "POST", body, ...asked });

/** Whether somebody gave up waiting. */
export const isGivenUp = (error) => error.name === "AbortError";

/** What runs one request at a time: a newer one ends the one before. */
export function newest() {
  let running = null;
  const begin = (ask) => {
    running?.abort();
    running = new AbortController();
    return ask(running.signal);
  };
  return Object.assign(begin, { stop: () => running?.abort() });
}
