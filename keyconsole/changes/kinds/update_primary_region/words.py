"""What people read about a move of a primary: its names, its sentences, and the warnings before it. Pure."""

from __future__ import annotations

from keyconsole.changes.kinds.parts import Words
from keyconsole.changes.models import Change

_ENCRYPTION_GOES_ON = "Encryption and decryption go on in every Region."
WORDS = Words(
    name="make primary",
    doing="make a primary",
    label="Primary",
    region_parameter="PrimaryRegion",
    under_way=f"AWS says Updating. {_ENCRYPTION_GOES_ON}",
    meanwhile=(
        _ENCRYPTION_GOES_ON,
        "For some seconds no Region may call itself primary: that is normal.",
    ),
)
WARNINGS = (
    "This is planned administration, not failover: replicas go on encrypting and decrypting without it.",
    (
        "Terraform and CloudFormation will see a changed key. Do not follow a plan that replaces it: "
        "import the resources again instead."
    ),
    (
        "Policies that use kms:MultiRegionKeyType turn around: what they allow on a REPLICA they then allow "
        "on the former primary."
    ),
    "Permissions for kms:ReplicateKey stay with the former primary's policy. Move them if you need them.",
)


def title(change: Change) -> str:
    return f"make {change.to_region} the primary of {change.key.name}"


def subject(change: Change) -> str:
    return f"primary of {change.key.name} from {change.from_region} to {change.to_region}"
