// What somebody folded or unfolded stays so when that part of the page comes anew.
let folds = [];

document.addEventListener("htmx:beforeSwap", (event) => {
  folds = [...event.detail.target.querySelectorAll("details.fold[id]")].map((each) => [each.id, each.open]);
});

document.addEventListener("htmx:afterSwap", () => {
  for (const [id, open] of folds) document.getElementById(id)?.toggleAttribute("open", open);
});
