"""Every way to power goes through two people or the server's operator: who may give it is a list.

Whoever needs a further caller adds it here, with the reason why one person's word is enough there.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.sources import tree, under

KINDS = "keyconsole/people/dual_control/kinds"
GIVERS = {
    # What two agreed to; what the operator gives, which administrators hear of; the story of the demo.
    "keyconsole.aws_accounts.grants.grant": {
        # Of these two only roles that decide nothing; the others are proposed.
        "keyconsole/people/assign.py",
        "keyconsole/people/invitations.py",
        f"{KINDS}/grant_role.py",
        "keyconsole/aws_accounts/given_at_terminal.py",
        "keyconsole/aws_accounts/people.py",
        "keyconsole/demo/people.py",
    },
    "keyconsole.aws_accounts.people.add_person": {"keyconsole/aws_accounts/given_at_terminal.py"},
    "keyconsole.people.groups.join": {
        f"{KINDS}/join_group.py",
        "keyconsole/policies/management/commands/group.py",
        "keyconsole/demo/policies.py",
    },
    "keyconsole.policies.schedule.freeze.lift": {"keyconsole/policies/schedule/lifting.py"},
    "keyconsole.policies.schedule.lifting.lift_at_the_terminal": {
        "keyconsole/policies/management/commands/lift_freeze.py"
    },
    "keyconsole.aws_accounts.given_at_terminal.add_person_at_the_terminal": {
        "keyconsole/aws_accounts/management/commands/add_person.py"
    },
    "keyconsole.aws_accounts.given_at_terminal.grant_at_the_terminal": {
        "keyconsole/aws_accounts/management/commands/grant_role.py"
    },
    # What groups of single sign-on give, two agreed to; at the terminal the operator says so.
    "keyconsole.people.sso.mapping.add_mapping": {
        "keyconsole/people/sso/kinds/map_group.py",
        "keyconsole/people/management/commands/sso_mapping.py",
    },
    "keyconsole.people.sso.identity.link": {"keyconsole/people/management/commands/link_sso.py"},
    "keyconsole.people.sso.emergency.make_link": {
        "keyconsole/people/management/commands/emergency_sign_in.py"
    },
    # Who the provider, or the proxy, stands for: a person whom they name first holds nothing.
    "keyconsole.people.sso.identity.vouched_for": {
        "keyconsole/web/sso/views.py",
        "keyconsole/web/sso/proxy.py",
    },
}
WRITERS = {
    # Single sign-on gives what mappings say, to many people in few statements.
    "RoleGrant": {"keyconsole/aws_accounts/grants.py", "keyconsole/people/sso/reconcile.py"},
    "Membership": {"keyconsole/people/groups.py", "keyconsole/people/sso/reconcile.py"},
    "SsoMapping": {"keyconsole/people/sso/mapping.py"},
    "AccessProposal": {
        "keyconsole/people/dual_control/propose.py",
        "keyconsole/people/dual_control/end.py",
    },
    "Freeze": {"keyconsole/policies/schedule/freeze.py"},
    # The proof makes one that is never stored, so that an unknown name costs a hash, too.
    "User": {
        "keyconsole/aws_accounts/people.py",
        "keyconsole/demo/people.py",
        "keyconsole/demo/sign_ins.py",
        "keyconsole/people/proof.py",
        "keyconsole/people/invitations.py",
        "keyconsole/people/disable.py",
        "keyconsole/people/enable.py",
        f"{KINDS}/enable_person.py",
        "keyconsole/people/sso/identity.py",
    },
}
RELATED = {"role_grants": "RoleGrant", "memberships": "Membership", "access_proposed": "AccessProposal"}
WRITING = {
    "create",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "update",
    "bulk_update",
    "create_user",
}
# An accepted invitation; whoever holds no power; and whoever does, when two have agreed.
ENABLES = {
    "keyconsole/people/invitations.py",
    "keyconsole/people/enable.py",
    f"{KINDS}/enable_person.py",
}


def modules() -> list[Path]:
    return [path for path in under("keyconsole") if "migrations" not in path.parts]


def used(module: ast.Module) -> set[str]:
    """Whole names that a module takes from others: imported, or as attributes of an imported module."""
    names: dict[str, str] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
        elif isinstance(node, ast.Import):
            names |= {each.asname or each.name: each.name for each in node.names}
    through = {
        f"{names[node.value.id]}.{node.attr}"
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names
    }
    return set(names.values()) | through


def models_written(module: ast.Module) -> set[str]:
    """Models of which it makes or updates rows."""
    found = set()
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        root, _, last = called.rpartition(".")
        found |= {called} & WRITERS.keys()
        if last in WRITING:
            found |= {name for name in WRITERS if root.startswith(f"{name}.objects")}
            found |= {model for name, model in RELATED.items() if name in root.split(".")}
    return found


def enables(module: ast.Module) -> bool:
    return any(_sets_active(node) or _makes_active(node) for node in ast.walk(module))


def _sets_active(node: ast.AST) -> bool:
    if not isinstance(node, ast.Assign) or _is_no(node.value):
        return False
    return any(isinstance(each, ast.Attribute) and each.attr == "is_active" for each in node.targets)


def _makes_active(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or ast.unparse(node.func).rpartition(".")[2] not in {*WRITING, "User"}:
        return False
    return any(each.arg == "is_active" and not _is_no(each.value) for each in node.keywords)


def _is_no(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is False


@pytest.mark.parametrize("giver", GIVERS)
def test_only_the_listed_modules_give_power(giver: str) -> None:
    found = {str(path) for path in modules() if giver in used(tree(path))}
    assert found == GIVERS[giver]


@pytest.mark.parametrize("model", WRITERS)
def test_nobody_else_writes_the_rows_in_which_power_stands(model: str) -> None:
    assert {str(path) for path in modules() if model in models_written(tree(path))} == WRITERS[model]


def test_nobody_lets_a_disabled_person_in_again_alone() -> None:
    assert {str(path) for path in modules() if enables(tree(path))} == ENABLES


def test_each_way_of_giving_would_be_seen() -> None:
    for way in (
        "from keyconsole.aws_accounts.grants import grant",
        "from keyconsole.aws_accounts.grants import grant as give",
        "from keyconsole.aws_accounts import grants\ngrants.grant(x)",
    ):
        assert "keyconsole.aws_accounts.grants.grant" in used(ast.parse(way))
    for way, model in (
        ("RoleGrant(person=x)", "RoleGrant"),
        ("RoleGrant.objects.filter(pk=1).update(role='x')", "RoleGrant"),
        ("person.role_grants.create(role='x')", "RoleGrant"),
        ("Membership.objects.get_or_create(person=x)", "Membership"),
        ("User.objects.create_user('x')", "User"),
        ("Freeze.objects.filter(pk=1).update(lifted_at=now)", "Freeze"),
    ):
        assert models_written(ast.parse(way)) == {model}
    for way in (
        "person.is_active = True",
        "User.objects.filter(pk=1).update(is_active=True)",
        "p.is_active = yes",
    ):
        assert enables(ast.parse(way))
    assert not enables(ast.parse("person.is_active = False\nUser.objects.filter(is_active=True)"))
    assert not models_written(ast.parse("RoleGrant.objects.filter(pk=1).delete()"))
