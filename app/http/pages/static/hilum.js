// Keys and small comforts of every page. Each page works without this file.
"use strict";

(() => {
  const WAIT = 1200; // milliseconds in which a second key counts
  const rowLinks = () => [...document.querySelectorAll(".rows a.row, .gallery a.row, [data-row]")]
    .filter((each) => each.offsetParent !== null);
  const isTyping = (target) =>
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
  let goingSince = 0;

  function showKeys() {
    const dialog = document.getElementById("keys");
    if (!dialog || dialog.open) return;
    const list = dialog.querySelector("dl");
    list.querySelectorAll("[data-made]").forEach((each) => each.remove());
    for (const link of document.querySelectorAll("[data-goto]")) {
      const line = document.createElement("div");
      line.dataset.made = "";
      const keys = document.createElement("dt");
      for (const name of ["g", link.dataset.goto]) {
        const key = document.createElement("kbd");
        key.textContent = name;
        keys.append(key, " ");
      }
      const words = document.createElement("dd");
      words.textContent = link.dataset.says || link.textContent.trim();
      line.append(keys, words);
      list.append(line);
    }
    dialog.showModal();
  }

  function move(by) {
    const links = rowLinks();
    if (!links.length) return;
    const at = links.indexOf(document.activeElement);
    const to = at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1);
    links[to].focus();
  }

  const KEYS = {
    "/": () => (document.querySelector("main [data-search]") ?? document.querySelector("[data-search]"))?.focus(),
    "?": showKeys,
    j: () => move(1),
    k: () => move(-1),
    g: () => { goingSince = Date.now(); },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") {
      document.querySelectorAll("details.menu[open]").forEach((each) => {
        each.open = false;
        each.querySelector("summary").focus();
      });
    }
    if (document.documentElement.dataset.keys === "off") return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (goingSince && Date.now() - goingSince < WAIT) {
      goingSince = 0;
      const link = document.querySelector(`[data-goto="${CSS.escape(event.key)}"]`);
      if (link) {
        event.preventDefault();
        link.click();
        return;
      }
    }
    const act = KEYS[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("[data-close]")) target.closest("dialog")?.close();
    if (target?.closest("[data-print]")) window.print();
    document.querySelectorAll("details.menu[open]").forEach((each) => {
      if (!each.contains(target)) each.open = false;
    });
  });

  // Whoever signs out leaves no words of a report in the tab.
  document.addEventListener("submit", (event) => {
    if (!event.target.action?.endsWith("/auth/sign-out")) return;
    for (const name of Object.keys(sessionStorage)) {
      if (name.startsWith("hilum-report-")) sessionStorage.removeItem(name);
    }
  });

  // When it was printed is known only then, and no byte of a page tells the time.
  window.addEventListener("beforeprint", () => {
    for (const place of document.querySelectorAll("[data-printed]")) {
      place.textContent = new Date().toLocaleString(document.documentElement.lang);
    }
  });

  // A picture that cannot be drawn leaves its words, and no broken frame.
  const withoutPicture = (image) => {
    const words = document.createElement("span");
    words.className = image.className;
    words.textContent = image.alt;
    image.replaceWith(words);
  };
  document.addEventListener("error", (event) => {
    if (event.target instanceof HTMLImageElement) withoutPicture(event.target);
  }, true);

  // What takes long says so to those who do not see it.
  const tell = (words) => {
    const place = document.getElementById("told");
    if (place && words) place.textContent = words;
  };
  document.addEventListener("htmx:afterSwap", (event) => {
    tell(event.target.querySelector?.("[data-told]")?.dataset.told ?? "");
  });
  document.addEventListener("htmx:responseError", (event) => {
    const place = document.querySelector("[data-failed]");
    if (place) {
      place.hidden = false;
      tell(place.textContent.trim());
    }
    event.preventDefault();
  });
  document.addEventListener("htmx:beforeRequest", () => {
    const place = document.querySelector("[data-failed]");
    if (place) place.hidden = true;
  });
})();
