"""Which Regions an account has enabled: ec2:DescribeRegions and account:ListRegions.

Answered here because moto needs more than a second to load EC2 and has no ListRegions.
"""

from __future__ import annotations

from typing import Any

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.state import Desk


def describe_regions(desk: Desk, call: Call) -> bytes:
    items = "".join(
        f"<item><regionName>{name}</regionName><regionEndpoint>ec2.{name}.amazonaws.com</regionEndpoint>"
        "<optInStatus>opt-in-not-required</optInStatus></item>"
        for name in desk.regions_of(call.account_id)
    )
    return (
        '<DescribeRegionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
        f"<requestId>{call.request_id}</requestId><regionInfo>{items}</regionInfo></DescribeRegionsResponse>"
    ).encode()


def list_regions(desk: Desk, call: Call) -> dict[str, Any]:
    return {
        "Regions": [
            {"RegionName": name, "RegionOptStatus": "ENABLED_BY_DEFAULT"}
            for name in desk.regions_of(call.account_id)
        ]
    }
