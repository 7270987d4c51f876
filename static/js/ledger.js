/* The project ledger: short addresses, copying, ticking. The page works without it. */
"use strict";

/* Fields left empty, and columns that are the usual ones, need not stand in the address. */
document.getElementById("filter").addEventListener("submit", (event) => {
  for (const field of event.target.elements) {
    if (field.name && !field.value && field.type !== "submit") field.disabled = true;
  }
  const columns = [...event.target.querySelectorAll("input[name=cols]")];
  const same = columns.every((box) => box.checked === box.defaultChecked);
  if (same && !new URLSearchParams(location.search).has("cols")) columns.forEach((box) => { box.disabled = true; });
});
/* Coming back by the browser's button finds every field usable again. */
addEventListener("pageshow", () => {
  for (const field of document.getElementById("filter").elements) field.disabled = false;
});

/* The link brings the text; the shared handler of [data-copy] puts it on the clipboard. */
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-fetch]");
  if (!link) return;
  event.preventDefault();
  try {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(answer.statusText);
    document.getElementById("copied").value = await answer.text();
  } catch {
    showProblem(document.body.dataset.offline);
    return;
  }
  const copier = document.createElement("button");
  copier.type = "button";
  copier.hidden = true;
  copier.dataset.copy = "#copied";
  document.body.append(copier);
  copier.click();
  copier.remove();
  const said = link.textContent;
  link.textContent = link.dataset.copied;
  setTimeout(() => { link.textContent = said; }, 2000);
});

const boxes = [...document.querySelectorAll(".sheet input[name=project]")];
const page = document.getElementById("tick-page");
const ticked = document.getElementById("ticked");
if (page) {
  page.hidden = false;
  page.addEventListener("change", () => {
    boxes.forEach((box) => { box.checked = page.checked; });
    count();
  });
  boxes.forEach((box) => box.addEventListener("change", count));
}
function count() {
  const n = boxes.filter((box) => box.checked).length;
  page.checked = n === boxes.length;
  page.indeterminate = n > 0 && n < boxes.length;
  ticked.textContent = ticked.dataset.text.replace("{n}", n);
}
