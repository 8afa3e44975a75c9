from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "keyconsole.people"

    def ready(self) -> None:
        from keyconsole.people import checks  # noqa: F401, PLC0415
        from keyconsole.people.dual_control.kind import register  # noqa: PLC0415
        from keyconsole.people.dual_control.kinds.enable_person import ENABLE_PERSON  # noqa: PLC0415
        from keyconsole.people.dual_control.kinds.grant_role import GRANT_ROLE  # noqa: PLC0415
        from keyconsole.people.dual_control.kinds.join_group import JOIN_GROUP  # noqa: PLC0415
        from keyconsole.people.sso import checks as checks_of_sso  # noqa: F401, PLC0415
        from keyconsole.people.sso.kinds.map_group import MAP_GROUP  # noqa: PLC0415

        for kind in (GRANT_ROLE, JOIN_GROUP, ENABLE_PERSON, MAP_GROUP):
            register(kind)
