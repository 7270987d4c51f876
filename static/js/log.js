/* 记一笔: chips, and a draft that survives a reload, a lost connection and a log-out. */
"use strict";

let touched = 0; // counts what the person did, so that a late answer does not undo it

const form = () => document.getElementById("log");

function addChip(name, value, label) {
  const chosen = document.getElementById("chosen");
  const there = [...chosen.querySelectorAll("input")].some((input) => input.name === name && input.value === value);
  if (there) return;
  const chip = document.createElement("span");
  chip.className = "chip on";
  const input = Object.assign(document.createElement("input"), { type: "hidden", name, value });
  const remove = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
  remove.dataset.remove = "";
  remove.setAttribute("aria-label", `× ${label}`);
  chip.append(input, label, remove);
  chip.dataset.label = label;
  touched += 1;
  chosen.insertBefore(chip, document.getElementById("nobody"));
  showNobody();
}

/* Whose projects are meant depends on the companies. */
function askAgain(name) {
  if (name === "company") htmx.trigger("#id_text", "again");
}

function showNobody() {
  const chosen = document.getElementById("chosen");
  document.getElementById("nobody").hidden = Boolean(chosen.querySelector("input"));
}

document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-add]");
  if (add) {
    addChip(add.dataset.add, add.dataset.value, add.dataset.label);
    askAgain(add.dataset.add);
    document.getElementById("id_who").value = "";
    document.getElementById("who-found").replaceChildren();
    keepDraft();
  }
  const remove = event.target.closest("[data-remove]");
  if (remove) {
    const { name } = remove.closest(".chip").querySelector("input");
    remove.closest(".chip").remove();
    touched += 1;
    showNobody();
    askAgain(name);
    keepDraft();
  }
});

/* Enter in the search box takes the first row found instead of sending the form. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.id !== "id_who") return;
  event.preventDefault();
  document.querySelector("#who-found button")?.click();
});

/* A day typed by hand belongs to “another day”. */
document.addEventListener("input", (event) => {
  if (event.target.name === "next_when" && event.target.value) {
    const other = form().querySelector("[name=next_choice][value=other]");
    if (other) other.checked = true;
  }
  keepDraft();
});
document.addEventListener("change", (event) => {
  if (event.target.closest("#facts")) touched += 1;
  keepDraft();
});

/* The facts as the server read them come too late when something was chosen meanwhile: they are asked for again. */
document.addEventListener("htmx:beforeRequest", (event) => { event.detail.xhr.touched = touched; });
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "facts" || event.detail.xhr.touched === touched) return;
  event.detail.shouldSwap = false;
  htmx.trigger("#id_text", "again");
});

function keepDraft() {
  const page = form();
  if (!page) return;
  const chips = [...page.querySelectorAll("#chosen .chip")].map((chip) => {
    const input = chip.querySelector("input");
    return [input.name, input.value, chip.dataset.label || input.nextSibling.textContent.trim()];
  });
  const fields = [...new FormData(page)].filter(([name]) => !["csrfmiddlewaretoken", "next", "who"].includes(name));
  const kept = fields.filter(([name]) => !chips.some((chip) => chip[0] === name));
  localStorage.setItem(page.dataset.draft, JSON.stringify({ fields: kept, chips }));
}

function restoreDraft() {
  const page = form();
  const draft = JSON.parse(localStorage.getItem(page.dataset.draft) || "null");
  const text = page.elements.text;
  const typed = draft?.fields.find(([name]) => name === "text")?.[1];
  if (!typed || text.value) return;
  for (const [name, value] of draft.fields) {
    const field = page.elements[name];
    if (!field || (name === "project" || name === "event")) continue;
    if (field instanceof RadioNodeList) {
      for (const radio of field) radio.checked = radio.value === value;
    } else {
      field.value = value;
    }
  }
  for (const [name, value, label] of draft.chips) addChip(name, value, label);
  document.getElementById("draft-note").hidden = false;
}

restoreDraft();
