// The page of a change or a batch while it renews itself: what was opened stays open, what was typed is kept,
// the time runs on, and whoever asked for it is told by a notice of the browser. Comforts only.

const shown = () => document.querySelector("#change, #batch");
const opened = new Map();
let typed = [];
let last = shown()?.dataset.state;

// A fold that somebody opened or closed stays so in the copy that comes next.
document.addEventListener("click", (event) => {
  const fold = event.target.closest("summary")?.parentElement;
  if (fold?.id) opened.set(fold.id, !fold.open);
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target !== shown()) return;
  typed = [...shown().querySelectorAll("form[id] textarea")].filter((field) => field.value.trim())
    .map((field) => ({ form: field.form.id, text: field.value }));
});

document.addEventListener("htmx:afterSwap", () => {
  for (const [id, open] of opened) {
    const fold = document.getElementById(id);
    if (fold) fold.open = open;
  }
  for (const { form, text } of typed) if (!document.getElementById(form)) keep(text);
  typed = [];
  const state = shown()?.dataset.state;
  if (state !== last) tell();
  last = state;
});

// What was being written when its form went away: into the comment, for whoever wrote it to decide.
function keep(text) {
  const comment = document.querySelector("#comment-form textarea");
  if (!comment || comment.value.includes(text)) return;
  comment.value = [comment.value, text].filter(Boolean).join("\n");
  comment.closest("details").open = true;
  opened.set(comment.closest("details").id, true);
}

function words(from) {
  const left = Math.max(0, Math.round((Date.now() - from) / 1000));
  const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]].map(([length, unit], at, all) =>
    [Math.floor((at ? left % all[at - 1][0] : left) / length), unit]);
  const first = parts.findIndex(([count]) => count);
  return first < 0 ? "0 s" : parts.slice(first, first + 2).filter(([count]) => count).map((part) => part.join(" ")).join(" ");
}

setInterval(() => {
  for (const each of document.querySelectorAll("[data-elapsed]")) {
    each.textContent = words(Date.parse(each.dataset.elapsed));
  }
}, 1000);

const offer = document.getElementById("notify");
const name = `notify:${shown()?.dataset.ref}`;
const offered = offer?.textContent;
const wanted = () => sessionStorage.getItem(name) !== null;

function show() {
  if (!offer) return;
  offer.setAttribute("aria-pressed", String(wanted()));
  offer.textContent = wanted() ? "You are told by this browser" : offered;
}

offer?.addEventListener("click", async () => {
  if (wanted()) {
    sessionStorage.removeItem(name);
    return show();
  }
  // Without a secure address a browser has no notices, or refuses them unasked.
  const answer = "Notification" in window ? await Notification.requestPermission() : "denied";
  if (answer === "granted") sessionStorage.setItem(name, "");
  show();
  if (answer !== "granted") offer.textContent = "This browser refuses notices from here";
});

function tell() {
  const is_over = !shown()?.hasAttribute("hx-get");
  if (wanted() && document.hidden && Notification.permission === "granted") {
    const said = document.querySelector("#change-status, #batch-status").textContent;
    new Notification(document.title, { body: said.replace(/\s+/g, " ").trim(), tag: name });
  }
  if (is_over && offer) offer.hidden = true;
}

show();
