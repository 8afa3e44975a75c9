// The list of keys by keyboard: j and k go along it, Enter opens, x ticks; all on this page; how many are ticked.

const LIST = "#keys tbody";
const rows = () => [...document.querySelectorAll(`${LIST} tr`)];
const boxes = () => [...document.querySelectorAll(`${LIST} [name="key"]`)];
const rowOf = (element) => element?.closest(`${LIST} tr`);
let last = ""; // the key whose row had the focus, by the id of its link: the list is replaced as it polls

function here(all) {
  const row = rowOf(document.activeElement);
  return row ? all.indexOf(row) : all.findIndex((each) => each.querySelector("th a").id === last);
}

function go(step) {
  const all = rows();
  const to = Math.max(0, Math.min(all.length - 1, here(all) + step));
  all[to]?.querySelector("th a").focus();
}

function tick(row) {
  const box = row?.querySelector('[name="key"]');
  if (box) box.click();
  else row?.querySelector(".taken")?.focus(); // says why it has none
}

const isTyping = (element) => element.closest('input:not([type="checkbox"]), textarea, select, [contenteditable]') !== null;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const all = rows();
  const act = {
    j: () => go(1),
    k: () => go(-1),
    x: () => tick(all[here(all)]),
  }[event.key];
  const opens = event.key === "Enter" && event.target.matches(`${LIST} [name="key"]`);
  if (!act && !opens) return;
  event.preventDefault();
  if (act) act();
  else rowOf(event.target).querySelector("th a").click();
});

document.addEventListener("focusin", (event) => {
  last = rowOf(event.target)?.querySelector("th a").id ?? last;
});

function count() {
  const all = boxes();
  const ticked = all.filter((box) => box.checked).length;
  const every = document.getElementById("tick-all");
  const told = document.querySelector("#move-keys .ticked");
  if (!every || !told) return;
  every.checked = ticked > 0 && ticked === all.length;
  every.indeterminate = ticked > 0 && ticked < all.length;
  every.disabled = all.length === 0;
  const words = ticked ? `${ticked} ticked` : "None ticked";
  if (told.textContent !== words) told.textContent = words;
}

document.addEventListener("change", (event) => {
  if (event.target.id === "tick-all") for (const box of boxes()) box.checked = event.target.checked;
  if (event.target.closest("#keys")) count();
});
document.addEventListener("htmx:afterSettle", count);
count();
