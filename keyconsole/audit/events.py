"""Every event that KeyConsole records, by name and with the sentence that help prints.

Names are `noun.past_participle`. A retired name stays, since old records hold it.
"""

from __future__ import annotations

from keyconsole.described import Described


class Event(Described):
    """The value is stored; the sentence is its `describes`."""

    ACCOUNT_ADDED = "account.added", "An AWS account was added."
    ACCOUNT_CHANGED = "account.changed", "How KeyConsole enters an AWS account was changed."
    ACCOUNT_UNIT_READ = (
        "account.unit_read",
        "An AWS account was seen at another place in its organisation than before.",
    )
    ACCOUNT_REMOVED = "account.removed", "An AWS account was removed before it was ever entered."
    ACCOUNT_TESTED = "account.tested", "The connection to an AWS account was tested."
    ROLE_GRANTED = "role.granted", "A person was given a role."
    ROLE_REVOKED = "role.revoked", "A role was taken from a person."
    SCAN_REQUESTED = "scan.requested", "A scan of an AWS account was asked for."
    SCAN_FINISHED = "scan.finished", "A scan of an AWS account ended."
    KEY_FIRST_SEEN = "key.first_seen", "A multi-Region key was seen for the first time."
    KEY_PRIMARY_MOVED = "key.primary_moved", "A scan saw a primary in another Region than before."
    KEY_REPLICA_APPEARED = "key.replica_appeared", "A scan saw a Region key that was not there before."
    KEY_REPLICA_GONE = "key.replica_gone", "A scan no longer saw a Region key in a Region that it could read."
    CHANGE_REQUESTED = (
        "change.requested",
        "A person asked for a change of a key, such as to make a replica the primary.",
    )
    CHANGE_APPROVED = (
        "change.approved",
        "A change might run: by its rules, or by the emergency path.",
    )
    CHANGE_APPROVAL_GIVEN = "change.approval_given", "A person approved a change's plan, by its hash."
    CHANGE_APPROVAL_WITHDRAWN = "change.approval_withdrawn", "A person took an approval back."
    CHANGE_BACK_TO_PENDING = "change.back_to_pending", "An approved change no longer had everybody it needed."
    CHANGE_REJECTED = "change.rejected", "An approver said no to a change, with a reason. That ended it."
    CHANGE_EXPIRED = "change.expired", "A request waited too long, or its approval was not used in time."
    CHANGE_COMMENTED = "change.commented", "A person wrote about a change."
    CHANGE_RUN_ASKED = "change.run_asked", "A person said that an approved change shall run, now or later."
    EMERGENCY_USED = (
        "emergency.used",
        "A person used the emergency path: a change without the approvals that its rules ask for.",
    )
    EMERGENCY_MEMBER_ASKED = (
        "emergency.member_asked",
        "An emergency waits for another member of its group: an earlier one of this person is not reviewed.",
    )
    EMERGENCY_AGREED = (
        "emergency.agreed",
        "Another member of the emergency group agreed to an emergency, by its plan's hash; it runs.",
    )
    EMERGENCY_REVIEWED = "emergency.reviewed", "Another person reviewed an emergency afterwards."
    BATCH_REQUESTED = "batch.requested", "A person asked to move the primaries of many keys together."
    BATCH_STOPPED = "batch.stopped", "A batch stopped; what had not begun was cancelled."
    BATCH_APPROVAL_GIVEN = (
        "batch.approval_given",
        "A person approved a batch's plan, by its hash: every change that waits for them.",
    )
    BATCH_REJECTED = (
        "batch.rejected",
        "An approver said no to a batch, with a reason. That ended its changes.",
    )
    BATCH_CANCELLED = "batch.cancelled", "A batch was taken back; what had not begun was cancelled."
    BATCH_WAVE_BEGUN = "batch.wave_begun", "The next changes of a batch began, within the quota of KMS."
    BATCH_ENDED = "batch.ended", "The last change of a batch came to its end."
    CHANGE_CANCELLED = "change.cancelled", "A change was taken back before it ran."
    CHANGE_SUPERSEDED = (
        "change.superseded",
        "An emergency took the place of a change that waited; nothing was sent for that one.",
    )
    CHANGE_CLAIMED = "change.claimed", "A worker took a change and began to look at the key."
    CHANGE_COULD_NOT_LOOK = (
        "change.could_not_look",
        "The key could not be read before the call, which was not sent; the change went on waiting.",
    )
    CHANGE_STALE = "change.stale", "The key no longer was as in the plan; nothing was sent to AWS."
    CHANGE_EXECUTION_STARTED = "change.execution_started", "A change's one call was about to be sent to AWS."
    CHANGE_ANSWERED = "change.answered", "What AWS answered to a change's one call, or that no answer came."
    CHANGE_SETTLING = (
        "change.settling",
        "A change began to be watched in every Region, until it settled.",
    )
    CHANGE_OVERDUE = "change.overdue", "A change had not settled by its deadline; it went on being watched."
    CHANGE_DONE = "change.done", "A change had settled: the Regions showed what was asked for."
    CHANGE_NOT_APPLIED = (
        "change.not_applied",
        "What a change asked for did not happen at AWS, or did not last.",
    )
    CHANGE_CLOSE_ASKED = (
        "change.close_asked",
        "An administrator asked to close an overdue change as unknown, to which another person has to agree.",
    )
    CHANGE_UNKNOWN = (
        "change.unknown",
        "A second person agreed, and an overdue change was closed: what came of its call was unknown.",
    )
    PERSON_ADDED = "person.added", "A person who may sign in was added."
    PERSON_SIGNED_IN = "person.signed_in", "A person signed in, by the proofs that the entry names."
    PERSON_SIGN_IN_FAILED = "person.sign_in_failed", "A sign-in was refused."
    PERSON_SIGNED_OUT = "person.signed_out", "A person signed out."
    PERSON_PROVED = (
        "person.proved",
        "A person proved at the server's terminal who they are, by their password or a token of theirs.",
    )
    PERSON_PASSWORD_CHANGED = (
        "person.password_changed",
        "A person's password was changed, by themselves or at the server's terminal.",
    )
    PERSON_INVITED = "person.invited", "A person was invited, by a link with which they choose a password."
    PERSON_INVITATION_ACCEPTED = (
        "person.invitation_accepted",
        "An invited person opened their link and chose a password; they may sign in.",
    )
    PERSON_INVITATION_WITHDRAWN = (
        "person.invitation_withdrawn",
        "An invitation was taken back; its link opens nothing any more.",
    )
    PERSON_RESET_LINK_MADE = (
        "person.reset_link_made",
        "A link was made for a person who has forgotten their password, to choose a new one.",
    )
    PERSON_RESET_LINK_WITHDRAWN = (
        "person.reset_link_withdrawn",
        "A link to choose a new password was taken back before it was used.",
    )
    PERSON_DISABLED = (
        "person.disabled",
        "A person was disabled: their sessions, tokens and links ended, and their votes count no more.",
    )
    PERSON_ENABLED = "person.enabled", "A person who was disabled may sign in again."
    SESSION_ENDED = "session.ended", "A session was ended, or all of a person's, before its time."
    FACTOR_ADDED = (
        "factor.added",
        "A person added a second factor of theirs: an authenticator app or a passkey.",
    )
    FACTOR_RENAMED = "factor.renamed", "A person gave a passkey of theirs another name."
    FACTOR_REMOVED = "factor.removed", "A person removed a second factor of theirs."
    FACTORS_RESET = (
        "factors.reset",
        "All second factors of a person were removed at the server's terminal, and their sessions ended.",
    )
    RECOVERY_CODES_MADE = (
        "factor.recovery_codes_made",
        "A person made recovery codes; those from before no longer work.",
    )
    RECOVERY_CODE_USED = (
        "factor.recovery_code_used",
        "A person proved themselves by a recovery code, which ended it.",
    )
    PERSON_EMERGENCY_LINK_MADE = (
        "person.emergency_link_made",
        "A link that signs a person in once was made at the server's terminal.",
    )
    SSO_LINKED = "sso.linked", "A person was linked to a subject of single sign-on at the server's terminal."
    SSO_GROUPS_READ = (
        "sso.groups_read",
        "Single sign-on said something else of a person's groups than before.",
    )
    SSO_UNCONFIRMED = (
        "sso.unconfirmed",
        "Single sign-on could not be asked about a person who was signed in.",
    )
    SSO_CONFIRMED = "sso.confirmed", "Single sign-on could be asked about a person again."
    SSO_ENDED = (
        "sso.ended",
        "Single sign-on no longer stood for a person: sessions that had begun by it were over.",
    )
    SSO_MAPPED = "sso.mapped", "A group of single sign-on was mapped to a role, or to a group of approvers."
    SSO_UNMAPPED = "sso.unmapped", "The mapping of a group of single sign-on was removed."
    SSO_HEADER_IGNORED = (
        "sso.header_ignored",
        "A request that did not come from the trusted proxy said who was signed in; nobody was.",
    )
    TOKEN_MADE = "token.made", "A person made a token, with which programs act as them."
    TOKEN_ENDED = "token.ended", "A token was ended; it proves nothing any more."
    TOKEN_REFUSED = (
        "token.refused",
        "A token was refused: unknown, ended, expired, or its person may not act.",
    )
    AUDIT_EXPORTED = (
        "audit.exported",
        "Audit entries, a list of keys, or a list of who may do what were exported.",
    )
    VIEW_SAVED = "view.saved", "An administrator saved a view of the keys for everybody."
    VIEW_RENAMED = "view.renamed", "A view of the keys for everybody was given another name."
    VIEW_DELETED = "view.deleted", "A view of the keys for everybody was deleted."
    POLICY_PROPOSED = "policy.proposed", "A new version of a policy, or its end, was proposed."
    POLICY_AGREED = "policy.agreed", "A person agreed to a proposed version of a policy, by its hash."
    POLICY_ACTIVATED = "policy.activated", "A proposed version of a policy began to hold."
    POLICY_REJECTED = "policy.rejected", "A person rejected a proposed version of a policy, which ends it."
    POLICY_WITHDRAWN = "policy.withdrawn", "A proposed version of a policy was taken back."
    POLICY_APPLIED_AT_TERMINAL = (
        "policy.applied_at_terminal",
        "A policy was put in place at the server's terminal, without anybody's agreement.",
    )
    RECORD_WENT_BACK = (
        "record.went_back",
        "A worker found the record older than it had seen it before: a backup may have been restored.",
    )
    RECORD_BROKEN = (
        "record.broken",
        "The record no longer was what had been signed of it, or did not hold: signing stopped.",
    )
    RECORD_RENAMED = (
        "record.renamed",
        "The record is signed under another origin from here on; the entry holds the last checkpoint before.",
    )
    ACCOUNT_EDIT_PROPOSED = (
        "account.edit_proposed",
        "Other credentials for an AWS account were proposed: nothing is changed until others agree.",
    )
    ACCOUNT_EDIT_AGREED = "account.edit_agreed", "A person agreed to a proposed edit of an AWS account."
    ACCOUNT_EDIT_REJECTED = (
        "account.edit_rejected",
        "A person rejected a proposed edit of an AWS account, which ends it.",
    )
    ACCOUNT_EDIT_WITHDRAWN = (
        "account.edit_withdrawn",
        "A proposed edit of an AWS account was taken back.",
    )
    ACCOUNT_EDIT_APPLIED = (
        "account.edit_applied",
        "Those who had to agreed to an edit of an AWS account, and it was made.",
    )
    ACCOUNT_EDIT_ENDED = (
        "account.edit_ended",
        "A proposed edit of an AWS account ended undecided: too old, or the account was changed meanwhile.",
    )
    FREEZE_SET = "freeze.set", "Everything was frozen: from then on no change began."
    FREEZE_LIFTED = "freeze.lifted", "The freeze of everything was lifted."
    ACCESS_PROPOSED = (
        "access.proposed",
        "Something that gives power was proposed, such as a role that decides: nothing was changed yet.",
    )
    ACCESS_AGREED = "access.agreed", "A second person agreed to what gives power, by its hash."
    ACCESS_APPLIED = "access.applied", "What gives power was done: two had agreed, or there was no second."
    ACCESS_REJECTED = "access.rejected", "A second person rejected what would give power, which ends it."
    ACCESS_WITHDRAWN = "access.withdrawn", "A proposal of what gives power was taken back."
    ACCESS_ENDED = (
        "access.ended",
        "A proposal of what gives power ended undecided: too old, or it could not be done any more.",
    )
    ACCESS_REVIEW_STARTED = (
        "access.review_started",
        "A campaign began in which owners confirm or remove each role and membership.",
    )
    ACCESS_REVIEW_CONFIRMED = "access.confirmed", "An owner confirmed a line of an access review."
    ACCESS_REVIEW_REMOVED = (
        "access.removed",
        "An owner removed what a line of an access review is about.",
    )
    ACCESS_REVIEW_ENDED = (
        "access.review_ended",
        "An access review ended: how each line was answered, and the hash of all lines.",
    )
    GROUP_JOINED = "group.joined", "A person was added to a group of approvers."
    GROUP_LEFT = "group.left", "A person was taken out of a group of approvers."
    NOTIFICATION_FAILED = (
        "notification.failed",
        "A message could not be delivered, and was given up.",
    )
    NOTIFICATION_TRIED_AGAIN = "notification.tried_again", "A failed message was put back to be sent."
    NOTIFICATION_ROUTE_ADDED = "notification.route_added", "A place was named, to hear of some topics."
    NOTIFICATION_ROUTE_TESTED = "notification.route_tested", "A test message to a route was asked for."
    NOTIFICATION_ROUTE_REMOVED = (
        "notification.route_removed",
        "A place was removed: it heard no more.",
    )


DESCRIPTIONS: dict[str, str] = {event.value: event.describes for event in Event}
