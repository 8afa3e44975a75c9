"""The Resource Groups Tagging API, which knows KMS keys and nothing else here.

Recorded 2026-09-27 (of other resources): what may be asked together, pages, failures. A key that once had
tags is listed without any. There are no tag policies, so every resource complies.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import AwsError, not_here, violated
from keyconsole.sandbox.keys import RegionKey
from keyconsole.sandbox.operations import tags
from keyconsole.sandbox.operations.paging import read_marker, write_marker
from keyconsole.sandbox.state import Desk

ARN = re.compile(r"^arn:[^:]+:(?P<service>[^:]+):[^:]*:[^:]*:.+$")
COMPLIES = {
    "ComplianceStatus": True,
    "KeysWithNoncompliantValues": [],
    "MissingTagKeys": [],
    "NoncompliantKeys": [],
}
MOST_A_PAGE = 100
MOST_TO_TAG = 20


def get_resources(desk: Desk, call: Call) -> dict[str, Any]:
    _refuse_what_does_not_go_together(call)
    types = call.body.get("ResourceTypeFilters")
    if types and "" in types:
        raise _refused(" is unsupported ResourceType.")
    keys = [key for key in _tagged(desk, call) if _is_asked_for(call, key)]
    if call.body.get("ExcludeCompliantResources") or not ({"kms", "kms:key"} & set(types or ("kms",))):
        keys = []
    token = ""
    if "ResourceARNList" not in call.body:
        keys, token = _page(call, keys)
    return {"PaginationToken": token, "ResourceTagMappingList": [_mapping(call, key) for key in keys]}


def tag_resources(desk: Desk, call: Call) -> dict[str, Any]:
    given: dict[str, str] = call.body.get("Tags") or {}
    if not given:
        raise violated("Tags", "have length greater than or equal to 1", value="{}")
    _refuse_system_tags(given)
    entries = tags.listed(given)
    return _each(call, lambda arn: tags.tag_resource(desk, _asking(call, "TagResource", arn, Tags=entries)))


def untag_resources(desk: Desk, call: Call) -> dict[str, Any]:
    names: list[str] = call.body.get("TagKeys") or []
    _refuse_system_tags(names)
    return _each(
        call, lambda arn: tags.untag_resource(desk, _asking(call, "UntagResource", arn, TagKeys=names))
    )


def get_tag_keys(desk: Desk, call: Call) -> dict[str, Any]:
    names = {name for key in _tagged(desk, call) for name in key.tags}
    return {"PaginationToken": "", "TagKeys": sorted(names)}


def get_tag_values(desk: Desk, call: Call) -> dict[str, Any]:
    name = call.text("Key")
    values = {key.tags[name] for key in _tagged(desk, call) if name in key.tags}
    return {"PaginationToken": "", "TagValues": sorted(values)}


def _refuse_what_does_not_go_together(call: Call) -> None:
    asked = {name for name, value in call.body.items() if value not in (None, "", [])}
    if "TagsPerPage" in asked:
        raise not_here("The sandbox has no TagsPerPage; ask for ResourcesPerPage.")
    if call.body.get("ExcludeCompliantResources") and not call.body.get("IncludeComplianceDetails"):
        raise _refused("You must specify the IncludeComplianceDetails parameter and set it to true.")
    if "ResourceARNList" not in asked:
        return
    if "ResourcesPerPage" in asked:
        raise _refused("Page size is not supported with ResourceARNList.")
    if "TagFilters" in asked:
        raise _refused("Filters is not allowed when providing a resource list.")
    if "ResourceTypeFilters" in asked:
        raise _refused("ResourceTypeFilters is not allowed when providing a ResourceARNList.")


def _tagged(desk: Desk, call: Call) -> list[RegionKey]:
    keys = desk.keys(call.account_id, call.region).values()
    return sorted((key for key in keys if key.was_tagged), key=lambda key: key.arn)


def _is_asked_for(call: Call, key: RegionKey) -> bool:
    """API model of TagFilters: every filter must hold, by any of its values."""
    arns = call.body.get("ResourceARNList")
    if arns and key.arn not in arns:
        return False
    filters = call.body.get("TagFilters") or ()
    return all(
        each["Key"] in key.tags and (not each.get("Values") or key.tags[each["Key"]] in each["Values"])
        for each in filters
    )


def _page(call: Call, keys: list[RegionKey]) -> tuple[list[RegionKey], str]:
    """A full page has a token even where nothing follows (recorded)."""
    size = call.body.get("ResourcesPerPage", MOST_A_PAGE)
    if not 1 <= size <= MOST_A_PAGE:
        raise _refused(f"ResourcesPerPage must be between 1 and {MOST_A_PAGE}.")
    after = read_marker(call, "PaginationToken") if call.body.get("PaginationToken") else ""
    page = [key for key in keys if key.arn > after][:size]
    return page, write_marker(page[-1].arn) if len(page) == size else ""


def _mapping(call: Call, key: RegionKey) -> dict[str, Any]:
    mapping: dict[str, Any] = {
        "ResourceARN": key.arn,
        "Tags": [{"Key": name, "Value": value} for name, value in key.tags.items()],
    }
    return mapping | ({"ComplianceDetails": COMPLIES} if call.body.get("IncludeComplianceDetails") else {})


def _each(call: Call, act: Callable[[str], object]) -> dict[str, Any]:
    arns: list[str] = call.body.get("ResourceARNList") or []
    if not 1 <= len(arns) <= MOST_TO_TAG:
        raise violated("ResourceARNList", f"have length between 1 and {MOST_TO_TAG}", value=arns)
    for arn in arns:
        if not ARN.match(arn):
            raise _refused(f"{arn} is not a valid AmazonResourceName (ARN)")
    failed = {arn: failure for arn in arns if (failure := _failure(act, arn))}
    return {"FailedResourcesMap": failed}


def _failure(act: Callable[[str], object], arn: str) -> dict[str, Any] | None:
    try:
        act(arn)
    except AwsError as error:
        return {"ErrorCode": error.code, "StatusCode": error.status, "ErrorMessage": error.message}
    return None


def _asking(call: Call, operation: str, arn: str, **members: Any) -> Call:
    return call.asking("kms", operation, KeyId=arn, **members)


def _refuse_system_tags(names: dict[str, str] | list[str]) -> None:
    if any(tags.is_reserved(name) for name in names):
        raise _refused("The caller isn't allowed to modify system tags.")


def _refused(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)
