from __future__ import annotations

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "keyconsole.policies"

    def ready(self) -> None:
        from keyconsole.people.dual_control.kind import register  # noqa: PLC0415
        from keyconsole.policies.schedule.lifting import LIFT_FREEZE  # noqa: PLC0415

        register(LIFT_FREEZE)
