// Comforts only: times that age while the page stands open, and the reader's own time beside UTC.
// Not deferred: it sees each time before it is drawn, so that nothing moves; fragments of htmx likewise.

// The words of keyconsole/web/templatetags/times.py; a test lays both side by side.
const UNITS = [["year", 31557600], ["month", 2629800], ["d", 86400], ["h", 3600], ["min", 60]];

function relative(seconds) {
  const size = Math.abs(seconds);
  if (size < 10) return "now";
  const words = size < 60 ? `${Math.trunc(size)} s` : largest(size);
  return seconds > 0 ? `${words} ago` : `in ${words}`;
}

function largest(size) {
  const [unit, length] = UNITS.find(([, length]) => size >= length);
  const count = Math.trunc(size / length);
  return `${count} ${unit}${unit.length > 3 && count > 1 ? "s" : ""}`;
}

// Empty where the reader's clock shows what UTC shows; with its day where that is another.
function local(at) {
  if (at.getTimezoneOffset() === 0) return "";
  const two = (number) => String(number).padStart(2, "0");
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  const isSameDay = at.getDate() === at.getUTCDate();
  const day = isSameDay ? "" : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} `;
  return `${day}${clock} your time`;
}

// A desk's clock may be wrong; the server's is what the record is written by.
let ahead = null;
function now() {
  ahead ??= Date.parse(document.documentElement.dataset.now) - Date.now();
  return Date.now() + (ahead || 0);
}

function age(time) {
  const words = relative((now() - Date.parse(time.dateTime)) / 1000);
  if (time.textContent === words) return;
  // It may grow, and never shrinks: what stands beside it keeps its place.
  time.style.minWidth = `${time.getBoundingClientRect().width}px`;
  time.textContent = words;
}

function prepare(time) {
  const own = local(new Date(time.dateTime));
  if (!own || time.dataset.exact) return;
  if (time.hasAttribute("data-ago")) {
    time.dataset.exact = time.title;
    time.title += ` (${own})`;
  } else if (time.classList.contains("utc")) {
    time.dataset.exact = time.textContent;
    const beside = document.createElement("span");
    beside.className = "local";
    beside.textContent = ` (${own})`;
    time.append(beside);
  }
}

new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) {
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      if (node.matches("time[datetime]")) prepare(node);
      for (const time of node.querySelectorAll("time[datetime]")) prepare(time);
    }
  }
}).observe(document, { childList: true, subtree: true });

setInterval(() => {
  if (document.hidden) return;
  for (const time of document.querySelectorAll("time[data-ago]")) age(time);
}, 5000);
