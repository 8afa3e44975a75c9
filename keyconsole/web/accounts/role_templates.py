"""The role as a CloudFormation template and as Terraform, from the same documents as by hand. Pure.

Where the principal is not known, both ask for it: no text with a gap in it can be applied by mistake.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from textwrap import indent
from typing import Any

Document = dict[str, Any]
PARAMETER = "KeyConsolePrincipal"
VARIABLE = "keyconsole_principal"
_ASKED = "The ARN of the IAM role or user that KeyConsole runs as."


@dataclass(frozen=True, slots=True)
class RoleFacts:
    name: str
    path: str
    trust: Document
    policies: Mapping[str, Document]  # by the name that each is given
    principal: str  # empty: not known


def cloudformation(role: RoleFacts) -> str:
    template: Document = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The role by which KeyConsole enters this account.",
        "Resources": {
            "KeyConsoleRole": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": role.name,
                    "Path": role.path,
                    "AssumeRolePolicyDocument": _trusting(role.trust, role.principal or {"Ref": PARAMETER}),
                    "Policies": [
                        {"PolicyName": called, "PolicyDocument": document}
                        for called, document in role.policies.items()
                    ],
                },
            }
        },
        "Outputs": {"RoleArn": {"Value": {"Fn::GetAtt": ["KeyConsoleRole", "Arn"]}}},
    }
    if not role.principal:
        template["Parameters"] = {PARAMETER: {"Type": "String", "Description": _ASKED}}
    return json.dumps(template, indent=2)


def terraform(role: RoleFacts) -> str:
    blocks = [] if role.principal else [_variable()]
    blocks.append(
        'resource "aws_iam_role" "keyconsole" {\n'
        f"  name = {json.dumps(role.name)}\n"
        f"  path = {json.dumps(role.path)}\n"
        f"  assume_role_policy = {_encoded(role.trust, role.principal)}\n"
        "}\n"
    )
    blocks += [
        f'resource "aws_iam_role_policy" "{called.lower()}" {{\n'
        f"  name = {json.dumps(called)}\n"
        "  role = aws_iam_role.keyconsole.id\n"
        f"  policy = {_encoded(document, role.principal)}\n"
        "}\n"
        for called, document in role.policies.items()
    ]
    return "\n".join(blocks)


def _variable() -> str:
    return f'variable "{VARIABLE}" {{\n  type        = string\n  description = {json.dumps(_ASKED)}\n}}\n'


def _encoded(document: Document, principal: str) -> str:
    """An object of JSON is one of HCL; nothing in it begins a template of HCL's."""
    marked = (
        _trusting(document, principal or VARIABLE) if "Principal" in document["Statement"][0] else document
    )
    text = json.dumps(marked, indent=2).replace(f'"{VARIABLE}"', f"var.{VARIABLE}")
    return f"jsonencode({indent(text, '  ').strip()})"


def _trusting(trust: Document, principal: str | Document) -> Document:
    trusting = deepcopy(trust)
    trusting["Statement"][0]["Principal"] = {"AWS": principal}
    return trusting
