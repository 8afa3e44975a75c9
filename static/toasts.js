// Comforts only: messages float and can be closed. What went well goes by itself; what did not stays.

const READ_ALOUD = 4000;
const A_WORD = 400;

// Long enough to read it twice, and never while somebody points at it or is in it.
function passes(toast) {
  const left = READ_ALOUD + A_WORD * toast.textContent.trim().split(/\s+/).length * 2;
  setTimeout(() => {
    if (toast.matches(":hover, :focus-within")) return passes(toast);
    toast.remove();
  }, left);
}

for (const toast of document.querySelectorAll(".messages > [data-passes]")) passes(toast);

document.addEventListener("click", (event) => {
  const button = event.target.closest(".messages .close");
  if (!button) return;
  // Focus goes on where the page begins, and not into nothing.
  const next = button.closest(".notice").nextElementSibling ?? document.getElementById("main");
  button.closest(".notice").remove();
  (next.querySelector?.(".close") ?? next).focus({ preventScroll: true });
});
