"""The feature list: every page there is. Nothing else answers, Django's admin included."""

from __future__ import annotations

from allauth.account import views as sign_in
from django.urls import URLPattern, path

from keyconsole.web import health
from keyconsole.web.access_proposals import views as proposals
from keyconsole.web.access_review import review_views as access_reviews
from keyconsole.web.access_review import views as access_review
from keyconsole.web.accounts import edit_views as account_edits
from keyconsole.web.accounts import views as accounts
from keyconsole.web.audit import export_views as audit_export
from keyconsole.web.audit import views as audit
from keyconsole.web.batches import views as batches
from keyconsole.web.changes import action_views as approvals
from keyconsole.web.changes import emergency_agreement
from keyconsole.web.changes import views as changes
from keyconsole.web.factors import sign_in_views as second_factor
from keyconsole.web.factors import views as factors
from keyconsole.web.guards import open_to_anyone, signed_in
from keyconsole.web.help import views as guide
from keyconsole.web.keys import key_views as key
from keyconsole.web.keys import saved_views
from keyconsole.web.keys import views as keys
from keyconsole.web.links import views as links
from keyconsole.web.make_primary import emergency_views as emergency
from keyconsole.web.make_primary import views as make_primary
from keyconsole.web.me import token_views as tokens
from keyconsole.web.me import views as me
from keyconsole.web.notifications import views as notifications
from keyconsole.web.overview import views as overview
from keyconsole.web.people import action_views as person_actions
from keyconsole.web.people import assign_views as assigning
from keyconsole.web.people import invitation_views as invitations
from keyconsole.web.people import views as people
from keyconsole.web.policies import freeze_views as freeze
from keyconsole.web.policies import group_views as groups
from keyconsole.web.policies import proposal_views as policy_changes
from keyconsole.web.policies import views as policies
from keyconsole.web.search import views as searching
from keyconsole.web.sso import mapping_views as sso_mapping
from keyconsole.web.sso import views as sso

_KEY = "keys/<str:account_id>/<str:key_id>/"
_CHANGE = "changes/<str:ref>/"
_BATCH = "batches/<str:ref>/"
_ACCOUNT = "accounts/<str:account_id>/"
_POLICY = "policies/<slug:name>/"
_PERSON = "people/<str:username>/"
_REVIEW = "access-review/<str:ref>/"
_PROPOSAL = "proposals/<str:ref>/"
_ROUTE = "notifications/routes/<str:name>/"
_FACTORS = "me/factors/"

handler500 = "keyconsole.web.errors.server_error"

urlpatterns: list[URLPattern] = [
    path("", overview.overview, name="overview"),
    path("search/", searching.search, name="search"),
    path("keys/", keys.keys, name="keys"),
    path("keys/export.<str:fmt>", keys.export, name="keys-export"),
    path("keys/move/", batches.move_keys, name="keys-move"),
    path("views/", saved_views.views, name="keys-views"),
    path("views/save/", saved_views.save, name="keys-view-save"),
    path("views/<int:pk>/rename/", saved_views.rename, name="keys-view-rename"),
    path("views/<int:pk>/delete/", saved_views.delete, name="keys-view-delete"),
    path(_KEY, key.key, name="key"),
    path(f"{_KEY}make-primary/<str:region>/", make_primary.make_primary, name="make-primary"),
    path(
        f"{_KEY}make-primary/<str:region>/emergency/",
        emergency.break_glass,
        name="break-glass",
    ),
    path("changes/", changes.changes, name="changes"),
    path(_CHANGE, changes.change, name="change"),
    path(f"{_CHANGE}approve/", approvals.approve, name="change-approve"),
    path(f"{_CHANGE}reject/", approvals.reject, name="change-reject"),
    path(f"{_CHANGE}withdraw/", approvals.withdraw, name="change-withdraw"),
    path(f"{_CHANGE}comment/", approvals.comment, name="change-comment"),
    path(f"{_CHANGE}run/", approvals.run, name="change-run"),
    path(f"{_CHANGE}cancel/", approvals.cancel, name="change-cancel"),
    path(f"{_CHANGE}close/", approvals.close, name="change-close"),
    path(f"{_CHANGE}agree/", approvals.agree, name="change-agree"),
    path(f"{_CHANGE}review/", approvals.review, name="change-review"),
    path(
        f"{_CHANGE}agree-to-emergency/",
        emergency_agreement.agree_to_emergency,
        name="agree-to-emergency",
    ),
    path("batches/", batches.batches, name="batches"),
    path(_BATCH, batches.batch, name="batch"),
    path(f"{_BATCH}approve/", batches.approve, name="batch-approve"),
    path(f"{_BATCH}reject/", batches.reject, name="batch-reject"),
    path(f"{_BATCH}cancel/", batches.cancel, name="batch-cancel"),
    path(f"{_BATCH}run/", batches.run, name="batch-run"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/add/", accounts.add, name="account-add"),
    path("accounts/scan/", accounts.scan_all, name="accounts-scan"),
    path(_ACCOUNT, accounts.account, name="account"),
    path(f"{_ACCOUNT}remove/", accounts.remove, name="account-remove"),
    path(f"{_ACCOUNT}edit/", account_edits.edit, name="account-edit"),
    path(f"{_ACCOUNT}edit/agree/", account_edits.agree, name="account-edit-agree"),
    path(f"{_ACCOUNT}edit/reject/", account_edits.reject, name="account-edit-reject"),
    path(f"{_ACCOUNT}edit/withdraw/", account_edits.withdraw, name="account-edit-withdraw"),
    path(f"{_ACCOUNT}scan/", accounts.scan, name="account-scan"),
    path(f"{_ACCOUNT}test/", accounts.test, name="account-test"),
    path("audit/", audit.audit, name="audit"),
    path("audit/export.<str:fmt>", audit_export.export, name="audit-export"),
    path("policies/", policies.policies, name="policies"),
    path("policies/new/", policy_changes.new, name="policy-new"),
    path("policies/explain/", policies.explain, name="policy-explain"),
    path(_POLICY, policies.policy, name="policy"),
    path(f"{_POLICY}propose/", policy_changes.propose, name="policy-propose"),
    path(f"{_POLICY}retire/", policy_changes.retire, name="policy-retire"),
    path(f"{_POLICY}agree/", policy_changes.agree, name="policy-agree"),
    path(f"{_POLICY}reject/", policy_changes.reject, name="policy-reject"),
    path(f"{_POLICY}withdraw/", policy_changes.withdraw, name="policy-withdraw"),
    path("groups/", groups.groups, name="groups"),
    path("groups/join/", groups.join, name="group-join"),
    path("groups/leave/", groups.leave, name="group-leave"),
    path("proposals/", proposals.proposals, name="proposals"),
    path(_PROPOSAL, proposals.proposal, name="proposal"),
    path(f"{_PROPOSAL}agree/", proposals.agree, name="proposal-agree"),
    path(f"{_PROPOSAL}reject/", proposals.reject, name="proposal-reject"),
    path(f"{_PROPOSAL}withdraw/", proposals.withdraw, name="proposal-withdraw"),
    path("freeze/", freeze.freeze, name="freeze"),
    path("lift-freeze/", freeze.lift_freeze, name="lift-freeze"),
    path("people/", people.people, name="people"),
    path("invite/", invitations.invite, name="person-invite"),
    path(_PERSON, people.person, name="person"),
    path(f"{_PERSON}invite-again/", invitations.invite_again, name="person-invite-again"),
    path(
        f"{_PERSON}withdraw-invitation/",
        invitations.withdraw_invitation,
        name="person-withdraw-invitation",
    ),
    path(f"{_PERSON}give-role/", assigning.give_role, name="person-give-role"),
    path(f"{_PERSON}take-role/", assigning.take_role, name="person-take-role"),
    path(f"{_PERSON}disable/", person_actions.disable, name="person-disable"),
    path(f"{_PERSON}enable/", person_actions.enable, name="person-enable"),
    path(f"{_PERSON}end-session/", person_actions.end_session, name="person-end-session"),
    path(f"{_PERSON}end-sessions/", person_actions.end_sessions, name="person-end-sessions"),
    path(f"{_PERSON}reset/", person_actions.reset, name="person-reset"),
    path(f"{_PERSON}withdraw-reset/", person_actions.withdraw_reset, name="person-withdraw-reset"),
    path("me/", me.me, name="me"),
    path("me/end-session/", me.end_session, name="me-end-session"),
    path("me/end-other-sessions/", me.end_other_sessions, name="me-end-other-sessions"),
    path("me/tokens/make/", tokens.make, name="token-make"),
    path("me/tokens/end/", tokens.end, name="token-end"),
    path("access-review/", access_review.access, name="access-review"),
    path("access-review/export.<str:fmt>", access_review.export, name="access-review-export"),
    path("access-review/start/", access_reviews.start, name="access-review-start"),
    path(_REVIEW, access_reviews.review, name="access-review-campaign"),
    path(f"{_REVIEW}answer/", access_reviews.answer, name="access-review-answer"),
    path(f"{_REVIEW}end/", access_reviews.end, name="access-review-end"),
    path(f"{_REVIEW}export.<str:fmt>", access_reviews.export, name="access-review-campaign-export"),
    path("link/", links.link, name="link"),
    path("link/<str:secret>/", links.open_link, name="link-open"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/routes/add/", notifications.add_route, name="notification-route-add"),
    path(f"{_ROUTE}remove/", notifications.remove_route, name="notification-route-remove"),
    path(f"{_ROUTE}test/", notifications.test_route, name="notification-route-test"),
    path("notifications/<uuid:ref>/try-again/", notifications.try_again, name="notification-try-again"),
    path("single-sign-on/", sso_mapping.mappings, name="sso-mappings"),
    path("single-sign-on/add/", sso_mapping.add, name="sso-mapping-add"),
    path("single-sign-on/<int:pk>/remove/", sso_mapping.remove, name="sso-mapping-remove"),
    path("help/", guide.contents, name="help"),
    path("help/patterns/", guide.patterns, name="patterns"),
    path("help/<slug:slug>/", guide.page, name="help-page"),
    path("healthy/", health.healthy, name="healthy"),
    path("ready/", health.ready, name="ready"),
    path("sign-in/", open_to_anyone(sign_in.login), name="account_login"),
    path("sign-in/sso/", sso.sign_in, name="sso-sign-in"),
    path("sign-in/sso/again/", sso.prove_again, name="sso-again"),
    path("sign-in/sso/callback/", sso.callback, name="sso-callback"),
    path("sign-in/emergency/<str:secret>/", sso.emergency_sign_in, name="emergency-sign-in"),
    path("sign-out/", open_to_anyone(sign_in.logout), name="account_logout"),
    path("sign-in/inactive/", open_to_anyone(sign_in.account_inactive), name="account_inactive"),
    path("sign-in/again/", signed_in(sign_in.reauthenticate), name="account_reauthenticate"),
    path("sign-in/again/code/", signed_in(second_factor.reauthenticate_by_code), name="mfa_reauthenticate"),
    path(
        "sign-in/again/passkey/",
        signed_in(second_factor.reauthenticate_by_passkey),
        name="mfa_reauthenticate_webauthn",
    ),
    path("sign-in/passkey/", open_to_anyone(second_factor.sign_in_with_passkey), name="mfa_login_webauthn"),
    path("sign-in/second-factor/", open_to_anyone(second_factor.authenticate), name="mfa_authenticate"),
    path(_FACTORS, factors.factors_of_mine, name="factors"),
    path(f"{_FACTORS}totp/add/", factors.add_totp, name="totp-add"),
    path(f"{_FACTORS}passkeys/add/", factors.add_passkey, name="passkey-add"),
    path(f"{_FACTORS}passkeys/<int:pk>/rename/", factors.rename_passkey, name="passkey-rename"),
    path(f"{_FACTORS}<int:pk>/remove/", factors.remove_factor, name="factor-remove"),
    path(f"{_FACTORS}recovery-codes/", factors.show_recovery_codes, name="recovery-codes"),
    path(f"{_FACTORS}recovery-codes/make/", factors.make_recovery_codes, name="recovery-codes-make"),
    path("password/", signed_in(sign_in.password_change), name="account_change_password"),
]
