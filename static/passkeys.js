// Passkeys: brings the button to life where the browser knows them, and says in words what went wrong.

const form = document.querySelector("form[data-passkey]");
const button = document.getElementById("passkey-button");
const problem = document.getElementById("passkey-problem");

const WORDS = {
  NotAllowedError: "Nothing was confirmed: it was cancelled, it took too long, or there is no passkey for this address here.",
  InvalidStateError: "This device or key is set up here already.",
  SecurityError: "The browser takes no passkeys at this address.",
  NotSupportedError: "This device cannot make a passkey of this kind.",
};

function say(sentence) {
  problem.textContent = sentence;
  problem.hidden = !sentence;
}

function begin() {
  if (!window.PublicKeyCredential || !window.allauth) return say("This browser knows no passkeys.");
  const ids = {
    add: "passkey-button",
    authenticate: "passkey-button",
    login: "passkey-button",
    credential: "id_credential",
    passwordless: "id_passwordless",
    data: "passkey-options",
  };
  // Before the library's own: between two listeners a failure may already have been told.
  button.addEventListener("click", () => say(""));
  window.allauth.webauthn.forms[`${form.dataset.passkey}Form`]({ ids });
  button.hidden = false;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  say(WORDS[event.detail.exception?.name] ?? "The passkey could not be asked for. Load the page again.");
});

if (form && button && problem) begin();
