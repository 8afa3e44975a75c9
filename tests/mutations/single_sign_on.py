"""Lines by which single sign-on believes its provider alone, and by which groups give and take."""

from __future__ import annotations

from tests.mutations.mutation import Mutation

OIDC = "keyconsole/people/sso/oidc"
LIES = "tests/web/sso/test_lies.py"
OF_LIES = (f"{LIES}::test_nobody_comes_in_by_a_lie",)
PROXY = "keyconsole/people/sso/trusted_proxy.py"
OF_PROXY = ("tests/web/sso/test_proxy.py",)
OF_GROUPS = ("tests/people/sso/test_reconcile.py",)

SINGLE_SIGN_ON = (
    Mutation(
        "another nonce than the one that was sent is good enough",
        f"{OIDC}/id_token.py",
        'if nonce is not None and not _same(claims.get("nonce"), nonce):',
        'if nonce is not None and "nonce" not in claims:',
        OF_LIES,
    ),
    Mutation(
        "a token signed with our own secret is believed",
        f"{OIDC}/discovery.py",
        'algorithms=ASYMMETRIC & set(map(str, named if isinstance(named, list) else ["RS256"])),',
        "algorithms=frozenset(map(str, named or ())),",
        ("tests/people/sso/test_algorithms.py",),
    ),
    Mutation(
        "userinfo may be about somebody else",
        f"{OIDC}/flow.py",
        'if found.get("sub") != sub:',
        'if found.get("sub") is None:',
        OF_LIES,
    ),
    Mutation(
        "an answer that another provider mixed in is believed",
        f"{OIDC}/flow.py",
        "if named is None or not hmac.compare_digest(named.encode(), about.issuer.encode()):",
        "if named is None:",
        (f"{LIES}::test_an_answer_that_another_provider_mixed_in_is_refused",),
    ),
    Mutation(
        "a return counts twice",
        "keyconsole/web/sso/began.py",
        "for name, each in waiting.items() if name != state}",
        "for name, each in waiting.items()}",
        (f"{LIES}::test_a_return_counts_once",),
    ),
    Mutation(
        "an old sign-in there is a fresh proof",
        f"{OIDC}/flow.py",
        "if begun.again and claims.auth_time < begun.began_at - SKEW_SECONDS:",
        "if begun.again and claims.auth_time < 0:",
        ("tests/web/sso/test_again.py",),
    ),
    Mutation(
        "a name that somebody has here is taken over",
        "keyconsole/people/sso/identity.py",
        "if person.username and taken:",
        "if not person.username and taken:",
        ("tests/web/sso/test_sign_in.py::test_the_same_address_or_name_is_not_the_same_person",),
    ),
    Mutation(
        "the header of anybody is believed",
        PROXY,
        "return any(address in network for network in networks(named))",
        "return bool(networks(named))",
        OF_PROXY,
    ),
    Mutation(
        "an absent claim takes roles away",
        "keyconsole/people/sso/identity.py",
        "if groups.answer is not GroupsAnswer.ABSENT:",
        "if groups.answer is not None:",
        OF_GROUPS,
    ),
    Mutation(
        "who loses a group keeps what it gave",
        "keyconsole/people/sso/reconcile.py",
        "lost = sorted((each for each in held if each not in wanted), key=str)",
        "lost = sorted((each for each in held if each in wanted and False), key=str)",
        (*OF_GROUPS, "tests/changes/approvals/test_groups_of_single_sign_on.py"),
    ),
    Mutation(
        "what was given by hand goes with a group",
        "keyconsole/people/sso/reconcile.py",
        'rows = _in_scope(RoleGrant.objects.exclude(sso_group=""), scope)',
        "rows = _in_scope(RoleGrant.objects.all(), scope)",
        OF_GROUPS,
    ),
    Mutation(
        "a session outlives the grant that it rests on",
        "keyconsole/web/sso/middleware.py",
        'and kept["at"] <= identity.sessions_from.timestamp()',
        'and kept["at"] <= 0',
        ("tests/people/sso/test_refresh.py::test_a_grant_that_is_over_ends_the_session",),
    ),
    Mutation(
        "nobody has to sign in again however long groups are not confirmed",
        "keyconsole/web/sso/middleware.py",
        "elif now - identity.confirmed_at >= timedelta(hours=settings.KEYCONSOLE_SSO_GRACE_HOURS):",
        "elif now - identity.confirmed_at >= timedelta(days=9999):",
        ("tests/people/sso/test_refresh.py",),
    ),
    Mutation(
        "an emergency link opens twice",
        "keyconsole/people/sso/emergency.py",
        "if found is None or found.used_at or found.expires_at <= now:",
        "if found is None or found.expires_at <= now:",
        ("tests/web/sso/test_only.py",),
    ),
    Mutation(
        "passwords open it although single sign-on is the only way in",
        "keyconsole/web/sso/middleware.py",
        "if settings.KEYCONSOLE_SSO_ONLY and (by_form or name in _LOCAL):",
        "if settings.KEYCONSOLE_SSO_ONLY and name in _LOCAL:",
        ("tests/web/sso/test_only.py",),
    ),
)
