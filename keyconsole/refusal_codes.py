"""Every reason for which KeyConsole says no, by the code that programs rely on and the sentence of the help.

A code is stable: its sentences may be worded anew, the code stays. Help and tests walk this list.
"""

from __future__ import annotations

from keyconsole.described import Described


class Code(Described):
    """The value is what programs read; `describes` is what it means, whatever the sentence names."""

    # Who it is that asks.
    OWN_REQUEST = "own-request", "Who asks for a change never decides about it."
    OWN_EMERGENCY = "own-emergency", "Who used the emergency path neither reviews it nor agrees to it."
    OWN_CLOSING = "own-closing", "Who asks to close a change as unknown does not agree to it."
    OWN_PROPOSAL = (
        "own-proposal",
        "Who proposes a policy, an edit or what gives power does not decide about it.",
    )
    LINK_NOT_SENT = (
        "link-not-sent",
        "The link of a person with power over others goes to that person alone, and no e-mail reaches them.",
    )
    OWN_GAIN = "own-gain", "Nobody gives power to themselves, or agrees to it."
    NOT_AN_APPROVER = "not-an-approver", "This person is none of those who have to agree, or to review."
    NOT_A_MEMBER = "not-a-member", "This person is not in the group that the policy names."
    MAY_NOT_VIEW = "may-not-view", "No role lets this person see the account."
    MAY_NOT_REQUEST = "may-not-request", "No role lets this person ask for moves in the account."
    MAY_NOT_RUN = "may-not-run", "Only who asked for a change, or one of its approvers, may run it."
    MAY_NOT_CANCEL = "may-not-cancel", "Only who asked for a change, or an administrator, may cancel it."
    MAY_NOT_CLOSE = "may-not-close", "Only an administrator may ask to close a change as unknown."
    MAY_NOT_PROPOSE = (
        "may-not-propose",
        "Only approvers and administrators may propose policies; administrators, edits and what gives power.",
    )
    MAY_NOT_WITHDRAW = (
        "may-not-withdraw",
        "Only who proposed something, or an administrator, may withdraw it.",
    )
    MAY_NOT_FREEZE = "may-not-freeze", "This person may neither freeze everything nor propose to lift that."
    PERSON_DISABLED = "person-disabled", "The person can no longer sign in."
    OWN_ACCOUNT = "own-account", "Nobody disables, resets or changes the roles of themselves here."
    LAST_ADMINISTRATOR = (
        "last-administrator",
        "Nobody would be left who administers every account and can sign in.",
    )
    MAY_NOT_MANAGE = "may-not-manage", "Only administrators may do this with people, each as far as they see."
    STILL_INVITED = "still-invited", "The person has an invitation, and has not accepted it."
    GIVEN_BY_SSO = "given-by-sso", "A group of their single sign-on gives it: it is taken away there."
    LINK_OVER = "link-over", "The link was used, has expired or was taken back, or its person is disabled."
    OWN_LINE = "own-line", "Nobody confirms or removes their own role or membership in an access review."
    PROOF_NEEDED = "proof-needed", "The person has to prove first who they are: sign in again."
    SECOND_FACTOR_NEEDED = (
        "second-factor-needed",
        "The policy counts only approvals that a second factor proved: a passkey, or a code of an app.",
    )
    PROOF_REFUSED = "proof-refused", "The password or token that was given does not prove who acts."
    SECRET_KEY_DIFFERS = (
        "secret-key-differs",
        "A second factor was set up under another secret key than the server has, and cannot be read.",
    )
    NO_SECOND_FACTOR = "no-second-factor", "The person has no such second factor, or none at all."
    FACTOR_EXISTS = "factor-exists", "The person has as many second factors of the kind as they can have."
    PASSWORD_TOO_SHORT = (
        "password-too-short",
        "The last second factor stays until the person has chosen a password that can stand alone.",
    )
    TOO_MANY_ATTEMPTS = "too-many-attempts", "Too many wrong passwords came from there. Wait some minutes."

    # What somebody wrote, or left out.
    INVALID = "invalid", "What was entered cannot stand; the answer names each field with its sentence."
    REASON_MISSING = "reason-missing", "A reason is needed, and none was given."
    REASON_TOO_SHORT = "reason-too-short", "The reason is shorter than the policy or the emergency path asks."
    COMMENT_MISSING = "comment-missing", "A comment or a finding is needed, and none was given."
    TICKET_MISFIT = "ticket-misfit", "The ticket is not of the form that the policy asks for."
    TEXT_TOO_LONG = "text-too-long", "A text has more characters than are kept."
    TEXT_NOT_PLAIN = "text-not-plain", "A text holds control characters or invisible marks."
    GROUP_NAME_INVALID = "group-name-invalid", "A group cannot have this name."
    SSO_GROUP_INVALID = "sso-group-invalid", "A group of single sign-on cannot have this name."
    SSO_MAPPING_INVALID = (
        "sso-mapping-invalid",
        "A group of single sign-on gives either a role or a group of approvers.",
    )
    SSO_IDENTITY_TAKEN = "sso-identity-taken", "This subject of single sign-on is another person here."
    TIME_PASSED = "time-passed", "The time that was chosen has passed."
    TIME_TOO_LATE = "time-too-late", "At the time that was chosen the approval has expired."
    NOT_CONFIRMED = "not-confirmed", "What had to be typed to confirm was not typed."

    # Which key, account or Region.
    KEY_UNKNOWN = "key-unknown", "KeyConsole has not seen this key."
    KEY_AMBIGUOUS = "key-ambiguous", "The key's id is known in several accounts."
    KEY_NAME_INVALID = "key-name-invalid", "This is no id or ARN of a multi-Region key."
    KEY_NOT_PRIMARY = "key-not-primary", "The ARN that was named is not that of the primary."
    KEY_ELSEWHERE = "key-elsewhere", "The key is in another account or AWS partition than the one named."
    ACCOUNT_UNKNOWN = "account-unknown", "KeyConsole does not know this AWS account."
    ACCOUNT_UNREACHABLE = "account-unreachable", "KeyConsole cannot enter the AWS account, or look there."
    REGION_IMPOSSIBLE = (
        "region-impossible",
        "The Region does not exist, is in another partition or has no replica.",
    )
    REGION_NOT_ALLOWED = "region-not-allowed", "The policy allows primaries in other Regions only."
    PREFLIGHT_FAILED = "preflight-failed", "What was last seen of the key stands in the way of the move."
    CHANGE_UNDER_WAY = "change-under-way", "Another change of the key is open."

    # What the policies say.
    POLICY_IN_DOUBT = (
        "policy-in-doubt",
        "It is not known which policy governs: the key's tags, or the account's unit, were never read.",
    )
    RULES_NOT_UNDERSTOOD = (
        "rules-not-understood",
        "The rules hold what this version of KeyConsole does not understand: they may ask for more.",
    )
    NOBODY_COULD_APPROVE = (
        "nobody-could-approve",
        "Even if everybody agreed who may, the rules would not be met; or nobody else could agree at all.",
    )
    NO_EMERGENCY_PATH = "no-emergency-path", "The policy of the key has no emergency path."
    WAITS_FOR_MEMBER = (
        "waits-for-member",
        "An emergency waits for another member of its group, and for nobody's approval.",
    )
    REVIEW_OVERDUE = "review-overdue", "The review of an earlier emergency of this person is overdue."
    POLICY_MISFIT = "policy-misfit", "The policy does not fit the accounts, groups and people that there are."
    POLICY_UNKNOWN = "policy-unknown", "There is no such policy."
    POLICY_NAME_DIFFERS = "policy-name-differs", "The document is that of another policy."
    NAME_TAKEN = "name-taken", "A policy cannot have this name."
    NOTHING_NEW = "nothing-new", "That is so already, or cannot be done as things are."
    PROPOSAL_WAITING = (
        "proposal-waiting",
        "Another version of the policy, edit of the account or proposal of the same waits.",
    )
    ACCOUNT_IN_USE = (
        "account-in-use",
        "Only an account that was never entered, and in which nobody has a role, is removed.",
    )
    EDIT_NEEDS_AGREEMENT = (
        "edit-needs-agreement",
        "How an account with keys is entered is proposed, and agreed to by those whom its rules ask.",
    )

    # Where it stands now.
    PLAN_CHANGED = "plan-changed", "The hash that was agreed to is not that of the plan or document."
    STALE = "stale", "The key no longer is as in the plan, or what was proposed is over."
    ALREADY_APPROVED = "already-approved", "This person has approved it already."
    ALREADY_VOTED = "already-voted", "This person has voted on the policy already."
    NO_APPROVAL_GIVEN = "no-approval-given", "This person has given no approval that could be taken back."
    NOT_OPEN = "not-open", "It takes no votes, or is decided on."
    NOT_APPROVED = "not-approved", "Only an approved change can run."
    REQUEST_EXPIRED = "request-expired", "The request has waited too long."
    APPROVAL_EXPIRED = "approval-expired", "The approval was not used in time."
    APPROVAL_LOST = "approval-lost", "An approval that the change needs no longer counts."
    RULES_TIGHTENED = "rules-tightened", "Today's rules ask for more than those of the day of the request."
    BEGUN_OR_CLOSED = "begun-or-closed", "Only what has not begun can be cancelled."
    NOT_OVERDUE = "not-overdue", "Only a change that is overdue can be closed as unknown."
    CLOSE_ASKED = "close-asked", "Somebody has asked already to close it as unknown."
    CLOSE_NOT_ASKED = "close-not-asked", "Nobody has asked to close it as unknown."
    LOOKED_AT_NOW = "looked-at-now", "A worker looks at it at this moment. Try again in a minute."
    NO_LINE_LEFT = "no-line-left", "No change of the batch is in a state in which this could be done."
    NO_REVIEW_OWED = "no-review-owed", "No review is owed, or it was given."
    BATCH_NOT_ENDED = "batch-not-ended", "The batch has not ended yet."
    NOTHING_TO_PUT_BACK = "nothing-to-put-back", "It has not moved what is to be put back."
    NOTHING_TO_ASK_AGAIN = "nothing-to-ask-again", "What was asked for was done, or may still be."
    LOST_RACE = "lost-race", "Somebody else decided first. Look at it again."
    TOO_BUSY = "too-busy", "Too many asked at the same moment. Try again."

    # Many keys in one request.
    NOTHING_CHOSEN = "nothing-chosen", "No key was chosen."
    TOO_MANY_KEYS = "too-many-keys", "More keys were chosen than one request takes."
    NOTHING_REQUESTED = "nothing-requested", "Nothing was asked for: the reasons that follow name each key."
    KEY_REFUSED = "key-refused", "One of many keys cannot be asked for; its sentence says why."

    # What holds back what is approved.
    FROZEN = "frozen", "Everything is frozen."
    NOT_FROZEN = "not-frozen", "There is no freeze of everything to lift."
    POLICY_FROZEN = "policy-frozen", "The policy is frozen."
    WINDOW_CLOSED = "window-closed", "No change window of the policy is open."
    RUNS_BY_ITSELF = "runs-by-itself", "It runs as soon as nothing holds it back; nobody has to say so."
    RUNS_LATER = "runs-later", "It runs at the time that was chosen."
    NOT_RUN_YET = "not-run-yet", "It waits for somebody to run it."
    REQUESTER_LEFT = "requester-left", "Who asked for it may no longer ask for changes there."
    BATCH_STOPPED = "batch-stopped", "The batch was stopped."
    BATCH_NOT_APPROVED = "batch-not-approved", "Other keys of the batch still wait for approval."
    BATCH_WAVE = "batch-wave", "It waits for its turn in the batch."
