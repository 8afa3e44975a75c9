from __future__ import annotations

from collections.abc import Collection

from django.apps import AppConfig


class ChangesConfig(AppConfig):
    name = "keyconsole.changes"

    def ready(self) -> None:
        # Django has no models before this moment.
        from keyconsole.inventory.in_flight import leave_to  # noqa: PLC0415

        leave_to(_moving_now)


def _moving_now(keys: Collection[int]) -> set[int]:
    from keyconsole.changes.models import Change  # noqa: PLC0415

    return {change.key_id for change in Change.objects.in_flight().filter(key__in=keys).only("key")}
