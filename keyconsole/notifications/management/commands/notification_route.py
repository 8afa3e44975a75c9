"""`manage.py notification_route list | add NAME … | test NAME | remove NAME`: who hears of what."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from keyconsole.notifications.models import Kind, Route
from keyconsole.notifications.route_addresses import is_set
from keyconsole.notifications.routes import add_route, remove_route, send_test
from keyconsole.notifications.topics import Topic
from keyconsole.refusals import Invalid
from keyconsole.terminal import who_types


class Command(BaseCommand):
    help = "List, add, test or remove a place that is told what happens (Slack, a webhook and others)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="every route, and whether its variables are set here")
        listing.add_argument("--json", action="store_true", dest="as_json", help="as JSON")
        adding = actions.add_parser("add", help="name a new place")
        adding.add_argument("name")
        adding.add_argument("--kind", choices=Kind.values, default=Kind.APPRISE.value)
        adding.add_argument(
            "--url-env", required=True, help="the variable that holds the address, or VARIABLE_FILE"
        )
        adding.add_argument("--secret-env", default="", help="the variable that holds a webhook's secret")
        topics = ", ".join(topic.value for topic in Topic)
        adding.add_argument("--topics", default="", help=f"separated by commas, otherwise all: {topics}")
        adding.add_argument("--accounts", default="", help="numbers separated by commas, otherwise all")
        for name, help_text in (("test", "send one message along a route"), ("remove", "tell it no more")):
            actions.add_parser(name, help=help_text).add_argument("name")

    def handle(self, *_: object, action: str, **options: Any) -> None:
        if action == "list":
            self._list(as_json=options["as_json"])
        elif action == "add":
            self._add(options)
        elif action == "test":
            send_test(_route(options["name"]), by=who_types(), now=timezone.now())
            self.stdout.write("A test message is written; a worker sends it.")
        else:
            remove_route(_route(options["name"]), by=who_types(), now=timezone.now())
            self.stdout.write(f"Removed {options['name']}.")

    def _list(self, *, as_json: bool) -> None:
        routes = [_facts(route) for route in Route.objects.filter(removed_at=None)]
        if as_json:
            self.stdout.write(json.dumps(routes, indent=2))
            return
        for facts in routes:
            state = "set" if facts["is_set"] else "NOT set here"
            about = ", ".join(facts["topics"]) or "all topics"
            where = ", ".join(facts["accounts"]) or "all accounts"
            self.stdout.write(
                f"{facts['name']}: {facts['kind']} at {facts['url_env']} ({state}); {about}; {where}"
            )
        if not routes:
            self.stdout.write(
                "No routes. `manage.py notification_route add NAME --url-env VARIABLE` adds one."
            )

    def _add(self, options: dict[str, Any]) -> None:
        try:
            route = add_route(
                options["name"],
                kind=options["kind"],
                url_env=options["url_env"],
                secret_env=options["secret_env"],
                topics=_listed(options["topics"]),
                accounts=_listed(options["accounts"]),
                by=who_types(),
                now=timezone.now(),
            )
        except Invalid as invalid:
            raise CommandError("\n".join(invalid.problems.values()), returncode=1) from None
        self.stdout.write(f"Added {route.name}. `manage.py notification_route test {route.name}` tries it.")


def _facts(route: Route) -> dict[str, Any]:
    names = [name for name in (route.url_env, route.secret_env) if name]
    return {
        "name": route.name,
        "kind": route.kind,
        "url_env": route.url_env,
        "secret_env": route.secret_env,
        "is_set": all(is_set(name) for name in names),
        "topics": route.topics,
        "accounts": route.accounts,
    }


def _route(name: str) -> Route:
    found = Route.objects.filter(name=name, removed_at=None).first() if name.isprintable() else None
    if found is None:
        raise CommandError(
            f"There is no route {name[:80]!r}. `manage.py notification_route list` shows them.", returncode=2
        )
    return found


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
