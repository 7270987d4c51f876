/* 填报页 and 审核: what was typed survives a reload, Ctrl+Enter goes on to the next project. The page works without it. */
"use strict";

const sheet = document.querySelector(".progress");
const FIELDS = ["progress", "problems", "needs_coordination", "next_plan", "other_reason"];

const draftKey = (form) => `progress-${sheet.dataset.user}-${form.dataset.draft}`;

function typed(form) {
  return FIELDS.map((name) => form.elements[name].value);
}

/* Kept only while it differs from what the server knows. */
function keep(form) {
  const said = FIELDS.map((name) => form.elements[name].defaultValue);
  const now = typed(form);
  if (now.every((text, n) => text === said[n])) localStorage.removeItem(draftKey(form));
  else localStorage.setItem(draftKey(form), JSON.stringify(now));
}

function restore(form) {
  const kept = JSON.parse(localStorage.getItem(draftKey(form)) || "null");
  if (!kept) return;
  FIELDS.forEach((name, n) => { form.elements[name].value = kept[n]; });
  if (kept.slice(1, 4).some(Boolean)) form.querySelector("details").open = true;
}

function forms(within) {
  return [...within.querySelectorAll("form[data-draft]")];
}

/* Half a year of forgotten drafts is enough. */
function forgetOld() {
  const oldest = new Date(Date.now() - 180 * 24 * 3600 * 1000).toISOString().slice(0, 10);
  for (const key of Object.keys(localStorage)) {
    const day = key.match(/^progress-[0-9a-f-]{36}-(\d{4}-\d{2}-\d{2})-\d+$/)?.[1];
    if (day && day < oldest) localStorage.removeItem(key);
  }
}

forgetOld();
forms(sheet).forEach(restore);

sheet.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft]");
  if (form) keep(form);
});

sheet.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  const form = event.target.closest("form[data-draft]");
  if (event.target.name === "other_reason") {
    event.preventDefault(); // else the first button of the form would be pressed, which gives another reason
    event.target.closest("details").querySelector("button").click();
  } else if (form && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[value=submit]"));
  }
});

/* Who opens the other boxes wants to write in the first of them. */
sheet.addEventListener("click", (event) => {
  const details = event.target.closest("summary")?.parentElement;
  if (details && !details.open) requestAnimationFrame(() => details.querySelector("textarea, input")?.focus());
});

/* Where the next project begins, counted before the row is replaced. */
let following = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const row = event.detail.target.closest("tr");
  if (!row) return;
  const rest = [...sheet.querySelectorAll("tbody tr")];
  following = rest.slice(rest.indexOf(row) + 1).find((other) => other.querySelector("[data-owes]"));
});

document.addEventListener("htmx:afterSettle", (event) => {
  const row = event.detail.elt.closest("tr");
  if (!row) return;
  const count = document.getElementById("filed");
  if (count) count.textContent = sheet.querySelectorAll("tbody tr:not(:has([data-owes]))").length;
  const form = row.querySelector("form[data-draft]");
  if (row.dataset.savedRow) {
    if (form) localStorage.removeItem(draftKey(form));
    else forgetRow(row);
    if (!row.querySelector("[data-owes]")) following?.querySelector("textarea")?.focus();
  } else if (row.querySelector("[role=alert]")) {
    row.querySelector("textarea, button")?.focus();
  } else {
    row.nextElementSibling?.querySelector("button")?.focus(); // of the review: the next one to decide
  }
});

/* A row that was accepted meanwhile has no form any more. */
function forgetRow(row) {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(`progress-${sheet.dataset.user}-`) && key.endsWith(`-${row.dataset.savedRow}`)) localStorage.removeItem(key);
  }
}
