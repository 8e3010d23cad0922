// Sliders of levels: all that were moved go to the server together, the newest state only.
(function () {
  "use strict";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const theme = () => { document.documentElement.dataset.bsTheme = dark.matches ? "dark" : "light"; };
  theme();
  dark.addEventListener("change", theme);

  let busy = false, waiting = false, timer = 0;
  const at = (row, name) => row.querySelector(name);
  const two = (x) => Number(x).toFixed(2);

  function show(row) {
    const range = at(row, ".is-range").checked;
    const low = at(row, ".low"), high = at(row, ".high");
    row.classList.toggle("ranged", range);
    at(row, ".one .end").textContent = range ? "from" : "level";
    high.hidden = !range;
    at(row, ".other").hidden = !range;
    at(row, ".level").textContent = range ? two(low.value) + " to " + two(high.value) : two(low.value);
  }

  // one level for all pairs of goals is shown only where they have one
  function showAll(panel) {
    const all = document.getElementById("all-levels");
    if (!all) return;
    const shown = Array.from(panel.querySelectorAll('.pair[data-goals="1"] .level'), (one) => one.textContent);
    const same = shown.every((text) => text === shown[0]) && !shown[0].includes("to");
    panel.querySelector(".all-pairs .level").textContent = same ? shown[0] : "they differ";
    if (same) all.value = shown[0];
  }

  function follow(row, moved) {
    // ends of a range keep their order, and stay apart
    const low = at(row, ".low"), high = at(row, ".high");
    if (!at(row, ".is-range").checked) { high.value = low.value; return; }
    if (Number(low.value) < Number(high.value)) return;
    if (moved === high) low.value = Math.max(0, Number(high.value) - 0.01);
    else high.value = Math.min(1, Number(low.value) + 0.01);
    if (Number(low.value) >= Number(high.value)) {
      if (moved === high) high.value = 0.01; else low.value = 0.99;
    }
  }

  // the token of this tab, by which its work is found when the page is loaded again
  function token() {
    try {
      const kept = window.sessionStorage.getItem("page") || window.crypto.randomUUID();
      window.sessionStorage.setItem("page", kept);
      return kept;
    } catch (error) { return ""; }
  }

  function collected(panel) {
    const own = document.getElementById("own-levels");
    const pairs = {};
    if (!own || own.checked) {
      panel.querySelectorAll(".pair").forEach((row) => {
        if (own || row.dataset.moved) {
          pairs[row.dataset.pair] = [Number(at(row, ".low").value), Number(at(row, ".high").value)];
        }
      });
    }
    const all = panel.dataset.all && (!own || own.checked) ? Number(panel.dataset.all) : null;
    return { key: panel.dataset.key, own: own ? own.checked : false, all: all, pairs: pairs };
  }

  function send() {
    const panel = document.getElementById("levels");
    if (!panel) return;
    if (busy) { waiting = true; return; }
    waiting = false;
    window.Shiny.setInputValue("moved", collected(panel));
  }
  function soon() { window.clearTimeout(timer); timer = window.setTimeout(send, 40); }

  function allowed(panel) {
    const own = document.getElementById("own-levels");
    panel.querySelectorAll(".pair, .all-pairs").forEach((one) => { one.disabled = Boolean(own && !own.checked); });
  }

  // sliders that came later, the newest first
  function prepareAdded(panel) {
    const rows = panel.querySelectorAll("#added_part .pair:not([data-ready])");
    rows.forEach((row) => { row.dataset.ready = "1"; show(row); });
    if (!rows.length) return;
    showAll(panel);
    allowed(panel);
    if (panel.dataset.asked) { rows[0].querySelector(".low").focus(); delete panel.dataset.asked; }
  }

  function add(panel) {
    const places = ["pair-one", "pair-other"].map((id) => Number(document.getElementById(id).value));
    const note = document.getElementById("pair-note");
    note.textContent = "";
    if (places[0] === places[1]) { note.textContent = "Choose two different goals: holders of one goal do not conflict."; return; }
    const key = [Math.min(...places), Math.max(...places)].join(" ");
    const there = Array.from(panel.querySelectorAll(".pair")).find((row) =>
      row.dataset.goalPlaces.split(" ").map(Number).sort((a, b) => a - b).join(" ") === key);
    if (there) {
      const closed = there.closest("details");
      if (closed) closed.open = true;
      at(there, ".low").focus();
      return;
    }
    panel.dataset.asked = "1";
    window.Shiny.setInputValue("pair", places, { priority: "event" });
  }

  function prepare(panel) {
    panel.querySelectorAll(".pair").forEach(show);
    showAll(panel);
    allowed(panel);
    panel.dataset.ready = "1";
    const columns = document.getElementById("columns");
    if (columns && columns.open) {
      if (columns.contains(document.activeElement)) columns.querySelector("summary").focus();
      columns.open = false;
    }
  }

  function back(panel) {
    panel.querySelectorAll(".pair").forEach((row) => {
      at(row, ".low").value = row.dataset.low;
      at(row, ".high").value = row.dataset.high;
      at(row, ".is-range").checked = row.dataset.low !== row.dataset.high;
      delete row.dataset.moved;
      show(row);
    });
    delete panel.dataset.all;
  }

  document.addEventListener("input", (event) => {
    const panel = event.target.closest("#levels");
    if (!panel) return;
    const row = event.target.closest(".pair");
    if (event.target.closest(".more-pairs")) return;
    if (event.target.id === "all-levels") {
      panel.dataset.all = event.target.value;
      panel.querySelectorAll('.pair[data-goals="1"]').forEach((one) => {
        at(one, ".is-range").checked = false;
        at(one, ".low").value = at(one, ".high").value = event.target.value;
        one.dataset.moved = "1";
        show(one);
      });
    } else if (row) {
      if (event.target.classList.contains("is-range") && event.target.checked) {
        const level = Number(at(row, ".low").value);
        at(row, ".low").value = Math.max(0, level - 0.1);
        at(row, ".high").value = Math.min(1, level + 0.1);
      }
      follow(row, event.target);
      row.dataset.moved = "1";
      show(row);
    } else {
      allowed(panel);
    }
    showAll(panel);
    soon();
  });

  document.addEventListener("click", (event) => {
    const panel = event.target.closest("#levels");
    if (panel && event.target.id === "add-pair") add(panel);
    if (panel && event.target.id === "reset-levels") { back(panel); showAll(panel); soon(); }
  });

  // a file that is too large is not sent at all
  document.addEventListener("change", (event) => {
    if (event.target.id !== "upload") return;
    const most = Number(document.body.querySelector("main").dataset.most);
    const note = document.getElementById("upload-note");
    const large = Array.from(event.target.files).find((file) => file.size > most);
    note.textContent = "";
    if (!large) return;
    event.stopImmediatePropagation();
    event.target.value = "";
    note.textContent = large.name + " has " + Math.ceil(large.size / 1e6).toLocaleString("en") +
      " MB, and uploads may have " + (most / 1e6).toLocaleString("en") +
      " MB. Fix: name it when you start the app, as in bayes-misalign app DATA.";
  }, true);

  document.addEventListener("DOMContentLoaded", () => {
    const $ = window.jQuery;
    $(document).on("shiny:busy", () => { busy = true; document.body.classList.add("busy"); });
    $(document).on("shiny:idle", () => {
      busy = false;
      document.body.classList.remove("busy");
      if (waiting) send();
    });
    $(document).on("shiny:disconnected", () => {
      document.getElementById("gone").hidden = false;
    });
    const narrow = window.matchMedia("(max-width: 34rem)");
    const tell = () => window.Shiny.setInputValue("narrow", narrow.matches);
    $(document).on("shiny:connected", () => { tell(); window.Shiny.setInputValue("page", token()); });
    narrow.addEventListener("change", tell);
    new MutationObserver(() => {
      const panel = document.getElementById("levels");
      if (panel && !panel.dataset.ready) prepare(panel);
      if (panel) prepareAdded(panel);
    }).observe(document.body, { childList: true, subtree: true });
  });
})();
