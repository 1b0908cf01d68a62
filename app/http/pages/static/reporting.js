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
  const found = kept();
  if (document.querySelector("[role=status].good")) sessionStorage.removeItem(place);
  else if (found && found.version === version && JSON.stringify(found.typed) !== asSent) {
    for (const each of fields) if (each.name in found.typed) each.value = found.typed[each.name];
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
