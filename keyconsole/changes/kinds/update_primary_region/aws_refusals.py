"""What AWS's answer means in a sentence that names the key and Region at fault, and what to do about it."""

from __future__ import annotations

from keyconsole.changes.kinds.parts import Explanation
from keyconsole.changes.models import Answer, Attempt
from keyconsole.kms.facts import KeyArn

# AWS's words (observed 2026-09-12), the sentence, and what to do. The first found in the message counts.
_BY_MESSAGE = (
    ("is disabled.", "The key in {region} was Disabled.", "Enable it in {region}, then ask again."),
    (
        "is pending deletion",
        "The key in {region} was waiting to be deleted.",
        "Cancel its deletion in {region} and enable it, then ask again.",
    ),
    (
        "is pending replica deletion",
        "The key in {region} was waiting to be deleted after its replicas.",
        "Cancel its deletion in {region} and enable it, then ask again.",
    ),
    (
        "is pending import",
        "The key in {region} had no key material.",
        "Import its key material in {region}, then ask again.",
    ),
    ("is creating", "The key in {region} was still being created.", "Wait a minute, then ask again."),
    (
        "is updating",
        "The key in {region} was in the middle of another change.",
        "Wait until it is Enabled, then ask again.",
    ),
    (
        "is not a multi-Region primary key",
        "The key in {region} no longer was the primary.",
        "Scan the account to see which Region is, then ask again from there.",
    ),
    (
        "does not have a replica key in the specified Region",
        "There was no replica in {to_region}.",
        "Replicate the key to {to_region} first.",
    ),
    (
        "Key Aliases are not supported",
        "AWS takes no alias for this.",
        "Name the key by its id or ARN.",
    ),
)
_BY_CODE = {
    "AccessDeniedException": (
        "AWS did not let KeyConsole's role move this key.",
        (
            "Allow kms:UpdatePrimaryRegion on the key in {from_region} and in {to_region}, in both key "
            "policies or the role's own, and look for a service control policy that denies {to_region}."
        ),
    ),
    "NotFoundException": ("AWS found no such key in {from_region}.", "Scan the account to see where it is."),
    "ThrottlingException": (
        "AWS had too many of these calls from this account.",
        "Wait a few seconds, then ask again: AWS takes five a second in each Region.",
    ),
    "UnsupportedOperationException": (
        "AWS cannot do that with this kind of key.",
        "Check that it is a multi-Region key.",
    ),
    "ExpiredTokenException": (
        "AWS no longer took the credentials that KeyConsole had for this account.",
        "Test the connection to the account, then ask again.",
    ),
    "OptInRequired": (
        "The account had not enabled the Region {to_region}.",
        "Enable the Region for the account first.",
    ),
}


def explain(attempt: Attempt) -> Explanation:
    """For an answer of every kind, also none and success."""
    from_region, region = _regions(attempt)
    names = {"region": region, "to_region": attempt.to_region, "from_region": from_region}
    if attempt.answer == Answer.SUCCESS:
        return Explanation("AWS accepted the move.", "", "")
    if attempt.answer in {Answer.LOST, Answer.NONE_YET}:
        what = "Nothing: KeyConsole looks in every Region to find out. Do not send the call again yourself."
        return Explanation("No answer has come from AWS: the move may or may not have happened.", "", what)
    if attempt.answer == Answer.NOT_SENT:
        sentence = f"Nothing reached AWS. {attempt.error_message}"
        return Explanation(sentence, from_region, "Test the connection to the account, then ask again.")
    sentence, what = _refusal(attempt)
    words = f"{attempt.error_message} ({attempt.error_code})"
    return Explanation(sentence.format(**names), region, what.format(**names), awss_words=words)


def _refusal(attempt: Attempt) -> tuple[str, str]:
    for words, sentence, what in _BY_MESSAGE:
        if words in attempt.error_message:
            return sentence, what
    return _BY_CODE.get(
        attempt.error_code,
        ("AWS refused the move.", "Read AWS's words, mend what they name, then ask again."),
    )


def _regions(attempt: Attempt) -> tuple[str, str]:
    from_region = KeyArn.parse(attempt.key_arn).region
    try:
        return from_region, KeyArn.parse(attempt.culprit_arn).region
    except ValueError:
        return from_region, from_region
