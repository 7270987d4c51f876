/* The admin, cared for: tabs, conditional fields, a warning before what was typed is lost.
   Without this file a change form is one long form that works; words come from #skin-words. */
"use strict";
{
  const words = document.getElementById("skin-words").dataset;
  const form = document.querySelector("body.change-form #content-main > form");

  /* --- what a control holds, and whether somebody changed it --- */

  const held = (control) => (control.type === "checkbox" ? String(control.checked) : control.value);

  function controls(root) {
    const found = [...root.querySelectorAll("input, select, textarea")];
    return found.filter((control) => control.name && control.type !== "hidden" && !control.closest(".empty-form"));
  }

  function isChanged(control) {
    if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
    if (control.type === "file") return control.files.length > 0;
    if (control.multiple) return [...control.options].some((option) => option.selected !== option.defaultSelected);
    if (!control.options) return control.value !== control.defaultValue;
    const first = [...control.options].find((option) => option.defaultSelected) || control.options[0];
    return control.value !== (first ? first.value : "");
  }

  const isDirty = () => Boolean(form.querySelector(".errornote")) || controls(form).some(isChanged);

  /* --- tabs over the fieldsets and the groups of child rows --- */

  const rowsOf = (group) => [...group.querySelectorAll("tr.form-row, div.inline-related[id]")].filter((row) => !row.classList.contains("empty-form"));

  /* A saved row lives until it is ticked for deletion; a new one once something is typed into it. */
  function isLiving(row) {
    if (row.classList.contains("has_original")) {
      const ticked = row.querySelector("input[name$='-DELETE']");
      return !(ticked && ticked.checked);
    }
    return controls(row).some((control) => {
      const blank = form.elements[control.name.replace(/-\d+-/, "-__prefix__-")];
      return held(control) !== (blank ? held(blank) : "");
    });
  }

  function makeTab(panel, title, counted) {
    const tab = document.createElement("button");
    Object.assign(tab, { type: "button", id: `tab-${panel.id}`, className: "tab", textContent: title });
    tab.setAttribute("role", "tab");
    tab.setAttribute("form", ""); // no control of the form: a new row begins in its first field
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    panel.classList.add("tab-panel");
    if (counted) tab.insertAdjacentHTML("beforeend", ` <span class="tab-count"></span>`);
    if (panel.querySelector(".errorlist, .errors")) {
      tab.classList.add("with-error");
      tab.insertAdjacentHTML("beforeend", ` <span class="tab-error"></span>`);
      tab.lastElementChild.textContent = `! ${words.error}`;
    }
    return tab;
  }

  function panelOf(tab) {
    return document.getElementById(tab.getAttribute("aria-controls"));
  }

  function openTab(tab, tabs) {
    for (const other of tabs) {
      other.setAttribute("aria-selected", String(other === tab));
      other.tabIndex = other === tab ? 0 : -1;
      panelOf(other).hidden = other !== tab;
    }
    const bar = tab.parentElement;
    bar.scrollLeft = tab.offsetLeft - (bar.clientWidth - tab.offsetWidth) / 2;
  }

  function chooseTab(tab, tabs) {
    openTab(tab, tabs);
    const hash = tab === tabs[0] ? "" : `#${tab.getAttribute("aria-controls")}`;
    history.replaceState(history.state, "", location.pathname + location.search + hash);
  }

  function moveByKey(event, tabs) {
    const at = tabs.indexOf(event.target.closest("[role=tab]"));
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const tab = tabs.at(to % tabs.length);
    chooseTab(tab, tabs);
    tab.focus();
  }

  /* The fieldsets, and the groups that belong to them, in one part of their own. */
  function gatherMain(groups) {
    const main = document.createElement("div");
    main.id = "main-part";
    const fieldsets = [...form.querySelectorAll(":scope > div > fieldset")];
    const focused = document.activeElement; // Django's own script may have run before: what is moved loses the focus
    fieldsets[0].before(main);
    main.append(...fieldsets, ...groups);
    if (main.contains(focused)) focused.focus();
    return main;
  }

  function buildTabs() {
    const groups = [...form.querySelectorAll(".inline-group")];
    const apart = groups.filter((group) => !group.querySelector("fieldset.first-tab"));
    if (apart.length < 2) return;
    const main = gatherMain(groups.filter((group) => !apart.includes(group)));
    const bar = document.createElement("div");
    bar.className = "tabs";
    bar.setAttribute("role", "tablist");
    bar.setAttribute("aria-label", words.parts);
    const tabs = [makeTab(main, words.main, false)];
    for (const group of apart) {
      tabs.push(makeTab(group, group.querySelector(".inline-heading").textContent.trim(), true));
      group.querySelectorAll("details").forEach((details) => { details.open = true; });
    }
    bar.append(...tabs);
    main.before(bar);
    form.classList.add("tabbed");
    bar.addEventListener("click", (event) => {
      const tab = event.target.closest("[role=tab]");
      if (tab) chooseTab(tab, tabs);
    });
    bar.addEventListener("keydown", (event) => moveByKey(event, tabs));
    const named = () => tabs.find((tab) => `#${tab.getAttribute("aria-controls")}` === location.hash);
    window.addEventListener("hashchange", () => openTab(named() || tabs[0], tabs));
    openTab(tabs.find((tab) => tab.classList.contains("with-error")) || named() || tabs[0], tabs);
  }

  function count() {
    for (const tab of form.querySelectorAll("[role=tab]")) {
      const place = tab.querySelector(".tab-count");
      if (!place) continue;
      const living = rowsOf(panelOf(tab)).filter(isLiving).length;
      place.textContent = String(living);
      place.classList.toggle("none", living === 0);
    }
  }

  /* --- fields that matter only beside some values of another (`shown_when` in Python) --- */

  function isCalledFor(control) {
    const row = control.name.match(/^(?:.+-(?:\d+|__prefix__)-)?/)[0];
    const other = form.elements[row + control.dataset.shownWhen];
    const values = control.dataset.shownFor.split(" ").filter(Boolean);
    if (!other) return true;
    return values.length ? values.includes(other.value) : other.value !== "";
  }

  const place = (control) => control.closest("td, .fieldBox, .form-row");

  function isKept(control) {
    const filled = control.type === "checkbox" ? control.checked : control.value !== control.dataset.blank;
    return filled || place(control).matches(".errors, :has(.errorlist, .errors)");
  }

  function showWhatMatters() {
    for (const control of form.querySelectorAll("[data-shown-when]")) {
      place(control).classList.toggle("not-needed", !isCalledFor(control) && !isKept(control));
    }
    for (const line of form.querySelectorAll("div.form-multiline")) {
      const boxes = [...line.querySelectorAll(".fieldBox:not(.hidden)")];
      line.classList.toggle("not-needed", boxes.length > 0 && boxes.every((box) => box.classList.contains("not-needed")));
    }
    form.querySelectorAll("[data-inline-type=tabular]").forEach(narrow);
  }

  /* A column of child rows that no row needs takes no room. */
  function narrow(group) {
    const template = group.querySelector("tr.empty-form");
    if (!template) return;
    for (const control of template.querySelectorAll("[data-shown-when]")) {
      const name = [...place(control).classList].find((word) => word.startsWith("field-"));
      const cells = [...group.querySelectorAll(`td.${name}`)];
      const idle = cells.every((cell) => cell.classList.contains("not-needed"));
      const head = group.querySelector(`th.${name.replace("field-", "column-")}`);
      for (const cell of [head, ...cells]) cell.classList.toggle("idle", idle);
    }
  }

  /* --- select2 leaves its boxes without a name, the table of child rows its ticks --- */

  function nameInputs() {
    for (const tick of form.querySelectorAll("td.delete input")) tick.ariaLabel = words.remove;
    for (const select of form.querySelectorAll("select.select2-hidden-accessible")) {
      const label = select.ariaLabel || (select.labels[0] ? select.labels[0].textContent : "");
      for (const box of select.nextElementSibling.querySelectorAll("[role=combobox], [role=textbox]")) box.ariaLabel = label;
    }
  }

  /* --- saving: a note while something is not saved, a question before leaving, Ctrl+S --- */

  let isSent = false;
  let isWaiting = false;

  function refresh() {
    isWaiting = false;
    count();
    showWhatMatters();
    nameInputs();
    const note = form.querySelector(".submit-row .unsaved");
    const said = isDirty() ? words.unsaved : "";
    if (note && note.textContent !== said) note.textContent = said;
  }

  function refreshSoon() {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(refresh);
  }

  function saveByKey(event) {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    const button = form.querySelector("[name=_continue]") || form.querySelector("[name=_save]");
    if (button && !event.repeat) form.requestSubmit(button);
  }

  function watch() {
    for (const name of ["input", "change", "click"]) form.addEventListener(name, refreshSoon);
    for (const name of ["click", "formset:added", "formset:removed"]) document.addEventListener(name, refreshSoon);
    if (window.django && window.django.jQuery) window.django.jQuery(form).on("change", refreshSoon); // select2 tells only jQuery
    document.addEventListener("keydown", saveByKey);
    form.addEventListener("submit", () => { isSent = true; });
    window.addEventListener("pageshow", () => { isSent = false; refresh(); });
    window.addEventListener("beforeunload", (event) => { if (!isSent && isDirty()) event.preventDefault(); });
  }

  if (form) {
    buildTabs();
    watch();
    refresh();
  }

  /* --- the stock admin describes its ticks and crosses in English --- */

  for (const icon of document.querySelectorAll("img[alt=True], img[alt=False]")) icon.alt = icon.alt === "True" ? words.yes : words.no;

  /* --- lists: filters are folded away on a phone; an empty bound does not go into the address --- */

  const panel = document.querySelector(".filters-panel");
  if (panel && !panel.querySelector(".errornote") && matchMedia("(max-width: 767px)").matches) panel.open = false;
  for (const range of document.querySelectorAll("form.range")) {
    range.addEventListener("formdata", ({ formData }) => {
      for (const [name, value] of [...formData]) if (!value) formData.delete(name);
    });
  }
}
