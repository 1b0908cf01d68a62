// The question that is being built: one JSON, changed in place, with every step to go back to.

const MOST_STEPS = 200;
export const EMPTY = { version: "1", population: { all: [] }, output: { count: true } };
const JOINED = ["all", "any", "atLeast"];
const NOTES = ["src", "why"];

/** What a condition is of. */
export const keyOf = (node) => Object.keys(node ?? {}).find((each) => !NOTES.includes(each)) ?? "";

/** The conditions below one, each with its place; empty for a condition that joins none. */
export function below(node, path) {
  const key = keyOf(node);
  if (key === "not") return [{ node: node.not, path: `${path}.not`, list: null, index: 0 }];
  const list = listOf(node);
  const place = key === "atLeast" ? `${path}.atLeast.of` : `${path}.${key}`;
  return list ? list.map((each, index) => ({ node: each, path: `${place}[${index}]`, list, index })) : [];
}

/** The list of conditions that one joins; null where it joins none by a list. */
export function listOf(node) {
  const key = keyOf(node);
  if (key === "atLeast") return node.atLeast.of;
  return key === "all" || key === "any" ? node[key] : null;
}

class Store {
  #undo = [];
  #redo = [];
  #heard = [];
  question = structuredClone(EMPTY);

  /** Call somebody after each change; `redraw` says whether more than a value changed. */
  listen(heard) { this.#heard.push(heard); }

  /** Change the question in place, as one step that can be taken back. */
  change(act, { redraw = true } = {}) {
    const before = JSON.stringify(this.question);
    act(this.question);
    this.#tidy();
    if (JSON.stringify(this.question) === before) return;
    this.#undo.push(before);
    if (this.#undo.length > MOST_STEPS) this.#undo.shift();
    this.#redo.length = 0;
    this.#tell(redraw);
  }

  /** Put another question in the place of this one. */
  replace(question) {
    this.change(() => { this.question = rooted(question); });
  }

  /** Begin with a question: there is nothing to go back to. */
  begin(question) {
    this.question = rooted(question);
    this.#undo.length = this.#redo.length = 0;
    this.#tell(true);
  }

  get canUndo() { return this.#undo.length > 0; }
  get canRedo() { return this.#redo.length > 0; }
  undo() { this.#step(this.#undo, this.#redo); }
  redo() { this.#step(this.#redo, this.#undo); }

  #step(from, to) {
    if (!from.length) return;
    to.push(JSON.stringify(this.question));
    this.question = JSON.parse(from.pop());
    this.#tell(true);
  }

  #tell(redraw) { for (const heard of this.#heard) heard(redraw); }

  /** Leave out the tables of names that hold nothing. */
  #tidy() {
    for (const name of ["events", "conceptSets"]) {
      if (this.question[name] && !Object.keys(this.question[name]).length) delete this.question[name];
    }
  }
}

/** A question whose conditions stand in a group, so that one more can be added. */
function rooted(question) {
  const copy = structuredClone(question);
  if (!JOINED.includes(keyOf(copy.population))) copy.population = { all: [copy.population] };
  delete copy.page;
  return copy;
}

export const store = new Store();

/** Whether nothing is asked yet. */
export const asksNothing = () => !listOf(store.question.population)?.length;

/** A name that no member of a table has. */
export function freeName(table, wanted) {
  const plain = wanted.replace(/[^A-Za-z0-9_-]/g, "_").replace(/^[^A-Za-z_]/, "_$&").slice(0, 60) || "x";
  if (!table?.[plain]) return plain;
  for (let at = 2; ; at += 1) if (!table[`${plain}-${at}`]) return `${plain}-${at}`;
}

const NAMING = ["exists", "at", "before", "after", "around", "during", "as", "event", "linkedTo", "of"];

/** Call a named event by another name, wherever the question names it. */
export function renamed(question, from, to) {
  const walk = (value, inRows) => {
    if (!value || typeof value !== "object") return;
    for (const [key, each] of Object.entries(value)) {
      const naming = NAMING.includes(key) && !(inRows && key === "as");
      if (naming && each === from) value[key] = to;
      else walk(each, inRows || key === "rows");
    }
  };
  const { [from]: event, ...others } = question.events;
  question.events = { ...others, [to]: event };
  walk(question.population);
  walk(question.output);
  Object.values(question.events).forEach((each) => walk(each));
}
