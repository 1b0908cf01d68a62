// What is typed into a report stays in its tab until it is saved, so that a session that ended takes no word.
"use strict";

(() => {
  const form = document.querySelector("form[data-keep]");
  if (!form) return;
  const place = `hilum-report-${form.dataset.keep}`;
  const fields = [...form.querySelectorAll("textarea")];
  const typed = () => Object.fromEntries(fields.map((each) => [each.name, each.value]));
  const asSent = JSON.stringify(typed());
  const version = form.elements.version.value;

  const kept = () => {
    try { return JSON.parse(sessionStorage.getItem(place)); } catch { return null; }
  };
  const beside = (field, words) => {
    const place = document.createElement("div");
    place.className = "theirs";
    for (const [name, text] of [["quiet", form.dataset.unsent], ["words", words]]) {
      const line = document.createElement("p");
      line.className = name;
      line.textContent = text;
      place.append(line);
    }
    field.closest("label").after(place);
  };
  const found = kept();
  if (document.querySelector("[role=status].good")) sessionStorage.removeItem(place);
  else if (found && JSON.stringify(found.typed) !== asSent) {
    for (const each of fields) {
      const words = found.typed[each.name] ?? each.value;
      if (words === each.value) continue;
      if (found.version === version) each.value = words;
      else beside(each, words); // somebody wrote meanwhile: nothing of theirs is overwritten
    }
  }
  form.addEventListener("input", () => {
    try { sessionStorage.setItem(place, JSON.stringify({ version, typed: typed() })); } catch { /* a full store keeps nothing */ }
  });

  // Leaving with words that were not sent asks first.
  let sending = false;
  form.addEventListener("submit", () => { sending = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && JSON.stringify(typed()) !== asSent) event.preventDefault();
  });

  // Ctrl+Enter saves: nobody has to leave the words for that.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[value=save]") ?? undefined);
    }
  });
})();
