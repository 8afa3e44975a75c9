"""The forms of what people do with a change. The domain judges the words; nothing is refused here twice."""

from __future__ import annotations

from django import forms

from keyconsole.text import REASON_AT_MOST

RIGHT, WRONG = "right", "wrong"


def _words(label: str, *, required: bool, help_text: str, missing: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": REASON_AT_MOST}),
        help_text=help_text,
        error_messages={"required": missing} if missing else None,
    )


class ApproveForm(forms.Form):
    plan_sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
    comment = _words("Comment", required=False, help_text="Stands beside your name in the record.")


class EmergencyAgreementForm(ApproveForm):
    """Of another member, to an emergency: as an approval, by the plan's hash."""


class RejectForm(forms.Form):
    reason = _words(
        "Why not",
        required=True,
        help_text="The requester reads it; it stays in the record.",
        missing="Say why: the requester and the record need the reason.",
    )


class WithdrawForm(forms.Form):
    """Nothing to type: it is one's own approval."""


class CommentForm(forms.Form):
    text = _words(
        "Your comment",
        required=True,
        help_text=f"At most {REASON_AT_MOST:,} characters. It stays in the record.",
        missing="Write something first.",
    )


class UtcMoment(forms.DateTimeField):
    """A day and time that the browser's own picker gives; always UTC."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    default_error_messages = {"invalid": "Write it as 2026-11-23 20:30. It is UTC."}


def run_at_field() -> UtcMoment:
    return UtcMoment(
        label="Run at (UTC)",
        required=False,
        help_text="Empty: as soon as nothing holds it back.",
    )


class RunForm(forms.Form):
    run_at = run_at_field()


class CancelForm(forms.Form):
    reason = _words(
        "Why it is taken back", required=False, help_text="It stays in the record, beside your name."
    )


class CloseForm(forms.Form):
    reason = _words(
        "Why nobody can tell",
        required=True,
        help_text="Whoever agrees reads it; it stays in the record and on the page.",
        missing="Say why nobody can tell what came of it: whoever agrees, and the record, need it.",
    )


class AgreeForm(forms.Form):
    """Nothing to type: what is agreed to was written by who asked for it."""


class ReviewForm(forms.Form):
    was_right = forms.TypedChoiceField(
        label="Was it right to skip the approvals?",
        choices=[(RIGHT, "Yes, it was right"), (WRONG, "No, it was not")],
        coerce=lambda judged: judged == RIGHT,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it was right."},
    )
    comment = _words(
        "What you found",
        required=True,
        help_text="It stays in the record.",
        missing="Say what you found: the review stays in the record.",
    )
