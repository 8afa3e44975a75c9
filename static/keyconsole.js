// Comforts only: everything works without this file. Copy buttons, "not updated since", menus that close.

const clock = () => new Date().toISOString().slice(11, 16) + " UTC";
let lastAnswer = clock();

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    return select(button.parentElement.querySelector(".id:not(.short)") ?? button.parentElement);
  }
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 1200);
}

// Without a secure context there is no clipboard: mark the text, the person presses the keys.
function select(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

function staleNotice(text) {
  const notice = document.getElementById("stale-notice");
  if (!notice) return;
  notice.hidden = !text;
  notice.textContent = text;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-copy]");
  if (button) copy(button);
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful) return;
  lastAnswer = clock();
  staleNotice("");
});

// On a phone the box is not there: the page of the search has one.
function search() {
  const box = document.querySelector("[data-search]");
  if (!box) return;
  if (box.checkVisibility()) box.select();
  else location.assign(box.form.action);
}

const isTyping = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

document.addEventListener("keydown", (event) => {
  const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
  const ctrlK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (!slash && !ctrlK) return;
  event.preventDefault();
  search();
});

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, () => staleNotice(`Not updated since ${lastAnswer}`));
}

// A slider counts days since 1970; screen readers get the date.
document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-day]")) target.ariaValueText = new Date(target.value * 86_400_000).toISOString().slice(0, 10);
});

document.querySelector(".error-summary")?.focus();
