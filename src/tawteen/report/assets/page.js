"use strict";
(() => {
  const root = document.documentElement;
  const turn = (lang, remember) => {
    root.lang = lang;
    root.dir = lang === "ar" ? "rtl" : "ltr";
    document.title = root.dataset["title" + lang];
    root.style.setProperty("--running", JSON.stringify(document.title));
    for (const table of document.querySelectorAll("table[data-named]")) name(table);
    for (const field of document.querySelectorAll("input[data-en]")) field.placeholder = field.dataset[lang];
    if (remember) history.replaceState(null, "", "#" + lang);
  };
  // The first line of a cell, in the language in use; further lines are small.
  const text = (box) => (box.querySelector(`.${root.lang}:not(small *)`) || box.querySelector("bdi:not(small *)") || box).textContent;
  // On a narrow screen a table is a list: each cell tells the name of its column, in the language in use.
  const narrow = matchMedia("(max-width: 40rem)");
  const name = (table) => {
    const heads = [...table.tHead.rows[0].cells].map((head) => text(head));
    for (const row of table.tBodies[0].rows) for (const cell of row.cells) cell.dataset.label = heads[cell.cellIndex];
    table.dataset.named = "";
  };
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) { name(target); near.unobserve(target); }
  }, { rootMargin: "600px" });
  const watch = () => { if (narrow.matches) for (const table of document.querySelectorAll("table:not([data-named])")) near.observe(table); };
  narrow.addEventListener("change", watch);
  const show = () => {
    let at = location.hash.slice(1);
    // An address that somebody shortened may end inside a %xx; the page works on without its anchor.
    try { at = decodeURIComponent(at); } catch { return; }
    if (at === "en" || at === "ar") { turn(at, false); return; }
    const target = at && document.getElementById(at);
    if (!target) return;
    for (let box = target; box; box = box.parentElement) if (box.tagName === "DETAILS") box.open = true;
    target.scrollIntoView();
  };
  document.getElementById("switch").addEventListener("click", () => turn(root.lang === "ar" ? "en" : "ar", true));
  addEventListener("hashchange", show);
  turn(root.lang, false);
  show();

  const shown = (cell) => {
    if (cell.dataset.v !== undefined) return Number(cell.dataset.v);
    return text(cell).trim();
  };
  const sort = (head) => {
    const table = head.closest("table"), body = table.tBodies[0], column = head.cellIndex;
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = [...body.rows].map((row) => [shown(row.cells[column]), row]);
    const empty = (value) => value === "" || Number.isNaN(value);
    rows.sort(([a], [b]) => {
      if (empty(a) || empty(b)) return Number(empty(a)) - Number(empty(b));
      const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), root.lang);
      return down ? -order : order;
    });
    body.append(...rows.map(([, row]) => row));
  };
  for (const head of document.querySelectorAll("th")) {
    head.tabIndex = 0;
    head.addEventListener("click", () => sort(head));
    head.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(head); });
  }
  for (const field of document.querySelectorAll("input[type=search]")) {
    field.addEventListener("input", () => {
      const wanted = field.value.trim().toLocaleLowerCase();
      for (const row of document.querySelectorAll("#" + CSS.escape(field.dataset.of) + " .row"))
        row.hidden = wanted !== "" && !row.textContent.toLocaleLowerCase().includes(wanted);
    });
  }
  watch();
  for (const figure of document.querySelectorAll("figure")) figure.addEventListener("click", () => figure.classList.toggle("large"));
  const links = new Map([...document.querySelectorAll("nav.contents a")].map((a) => [a.hash.slice(1), a]));
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) {
      for (const link of links.values()) link.classList.remove("here");
      links.get(entry.target.id)?.classList.add("here");
    }
  }, { rootMargin: "-15% 0px -75% 0px" });
  for (const id of links.keys()) { const section = document.getElementById(id); if (section) seen.observe(section); }
})();
