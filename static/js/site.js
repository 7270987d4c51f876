/* Small things every page of the desk shares. No inline handlers: attributes say what a button does. */
"use strict";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  const text = "value" in source ? source.value : source.textContent;
  const said = button.textContent;
  try {
    await navigator.clipboard.writeText(text.trim());
  } catch {
    const area = document.createElement("textarea");
    area.value = text.trim();
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.textContent = button.dataset.copied || said;
  setTimeout(() => { button.textContent = said; }, 2000);
});

/* The token of Django's forms goes with every request of htmx. */
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (token) event.detail.headers["X-CSRFToken"] = token.value;
});

/* A request that found no line says so; what was typed stays where it is. */
function showProblem(text) {
  const place = document.getElementById("problem");
  place.textContent = text;
  place.hidden = false;
}
document.addEventListener("htmx:sendError", () => showProblem(document.body.dataset.offline));
document.addEventListener("htmx:responseError", () => showProblem(document.body.dataset.failed));
document.addEventListener("htmx:beforeRequest", () => { document.getElementById("problem").hidden = true; });

/* Whoever was signed out meanwhile goes to the page that signs in, not into a piece of this one. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const { responseURL } = event.detail.xhr;
  if (!responseURL || new URL(responseURL).pathname === event.detail.requestConfig.path.split("?")[0]) return;
  event.detail.shouldSwap = false;
  window.location.assign(responseURL);
});

/* What was saved needs no draft any more. */
const saved = document.querySelector("[data-saved]");
if (saved?.dataset.saved) {
  for (const key of Object.keys(localStorage)) {
    if ((localStorage.getItem(key) || "").includes(saved.dataset.saved)) localStorage.removeItem(key);
  }
}

/* What scrolls sideways can be reached by the keyboard. */
for (const area of document.querySelectorAll(".wide")) {
  if (area.scrollWidth > area.clientWidth) area.tabIndex = 0;
}

/* A chip writes its words into a field, as if they were typed. */
document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-fill]");
  if (!chip) return;
  const field = document.querySelector(chip.dataset.fill);
  field.value = chip.dataset.value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

/* A wide picture opens where its own mark is: today, on the plan. */
for (const mark of document.querySelectorAll(".wide .scroll-here")) {
  const area = mark.closest(".wide");
  const middle = mark.getBoundingClientRect().left - area.getBoundingClientRect().left;
  if (area.scrollWidth > area.clientWidth) area.scrollLeft += middle - area.clientWidth * 0.7;
}
