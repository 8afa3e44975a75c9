"""Why a sign-in came to nothing, by the word of the record, with what its page says and what to do then."""

from __future__ import annotations

from keyconsole.described import Described

_AGAIN = "Begin again from the sign-in page."
_ADMINISTRATOR = "Tell an administrator: the record has the details."


class Why(Described):
    """The value stands in the record; `describes` stands on the page."""

    # The way there and back.
    CANCELLED = "cancelled", f"The sign-in was cancelled at the provider. {_AGAIN}"
    STATE_LOST = (
        "state-lost",
        (
            "This answer belongs to no sign-in that this browser began in the last ten minutes, or it was "
            f"used already. {_AGAIN}"
        ),
    )
    REFUSED_THERE = "refused-there", f"The provider refused the sign-in. {_ADMINISTRATOR}"
    CODE_REFUSED = (
        "code-refused",
        f"The provider did not accept its own code: it was used already, or is too old. {_AGAIN}",
    )
    TOO_MANY = "too-many", "Too many sign-ins came from your address. Wait five minutes."
    # The provider.
    PROVIDER_DOWN = (
        "provider-down",
        (
            "The provider did not answer in time, or with an error. Try again in a minute; where it stays "
            "away, an administrator can let you in at the server's terminal."
        ),
    )
    PROVIDER_WRONG = (
        "provider-wrong",
        f"The provider describes itself in a way that KeyConsole does not believe. {_ADMINISTRATOR}",
    )
    # What it sent.
    WRONG_ISSUER = "wrong-issuer", f"The answer came from another issuer than the provider. {_ADMINISTRATOR}"
    WRONG_AUDIENCE = "wrong-audience", f"The answer was made for another program. {_ADMINISTRATOR}"
    NONCE_DIFFERS = "nonce-differs", f"The answer belongs to another sign-in. {_AGAIN}"
    TOKEN_EXPIRED = (
        "token-expired",
        f"The answer has expired, or the clocks of the two servers differ by more than a minute. {_AGAIN}",
    )
    NOT_YET = (
        "not-yet-valid",
        (
            "The answer is from the future: the clocks of the two servers differ by more than a minute. "
            "Tell an administrator."
        ),
    )
    NOT_SIGNED = (
        "not-signed",
        f"The answer is not signed, or in a way that KeyConsole does not accept. {_ADMINISTRATOR}",
    )
    BAD_SIGNATURE = "bad-signature", f"The answer is not signed by the provider's keys. {_ADMINISTRATOR}"
    TOKEN_MALFORMED = "token-malformed", f"The answer cannot be read. {_ADMINISTRATOR}"
    SUBJECT_DIFFERS = "subject-differs", f"The provider's answers are about two people. {_ADMINISTRATOR}"
    NOT_FRESH = (
        "not-fresh",
        "The provider did not ask you again who you are, which was needed. Sign out there and try again.",
    )
    # Who it is.
    NO_USERNAME = (
        "no-username",
        f"The provider did not send a name that a person can have here. {_ADMINISTRATOR}",
    )
    NAME_TAKEN = (
        "name-taken",
        (
            "Somebody here has your name already. KeyConsole does not take it for granted that it is you. "
            "An administrator can link the two with `manage.py link_sso` at the server's terminal."
        ),
    )
    PERSON_DISABLED = "person-disabled", "You can no longer sign in here. An administrator can change that."
    ANOTHER_PERSON = (
        "another-person",
        "The provider knows you as somebody else than who is signed in here. Sign out and begin again.",
    )
    LINK_OVER = (
        "link-over",
        "This link was used already, is too old, or never was one. Ask for another at the server's terminal.",
    )


class SignInFailed(Exception):  # noqa: N818 - it is an answer, not a fault
    """`detail` is for the record and holds no secret; `username` where it is known who it was about."""

    def __init__(self, why: Why, detail: str = "", *, username: str = "") -> None:
        super().__init__(f"{why.value}: {detail}" if detail else why.value)
        self.why = why
        # It may hold what somebody sent.
        self.detail = "".join(each for each in detail if each.isprintable())[:200]
        self.username = username
