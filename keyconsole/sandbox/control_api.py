"""The sandbox's own paths, in JSON; they count as no call.

GET, POST, DELETE /sandbox/faults: which are on; one more; none. GET, DELETE /sandbox/calls: counts; from
zero. GET, POST /sandbox/settings: settle_seconds and picture. POST /sandbox/sets, /sandbox/keys: a
multi-Region key; `count` single-Region keys. POST /sandbox/states: a Region key's state. POST
/sandbox/shares: a Region key that another account may use, too.
DELETE /sandbox/state: an empty desk. POST /sandbox/story: empty but for the story that it was made with.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

from keyconsole.sandbox.faults import Fault
from keyconsole.sandbox.http_server import Request, Response
from keyconsole.sandbox.seeding import seed_key, seed_set, set_state, share_key
from keyconsole.sandbox.state import PICTURES, Desk

# Puts keys on the desk and says how many.
Story = Callable[[Desk], int]


class Control:
    def __init__(self, desk: Desk, *, story: Story | None = None) -> None:
        self._desk = desk
        self._story = story
        self._actions: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
            ("GET", "faults"): lambda _: desk.faults.as_dicts(),
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): lambda asked: desk.faults.clear(asked.get("name")),
            ("GET", "calls"): lambda _: desk.calls.as_dict(),
            ("DELETE", "calls"): lambda _: desk.calls.reset(),
            ("GET", "settings"): lambda _: asdict(desk.settings),
            ("POST", "settings"): self._change_settings,
            ("POST", "sets"): self._seed_set,
            ("POST", "keys"): self._seed_keys,
            ("POST", "states"): self._set_state,
            ("POST", "shares"): self._share_key,
            ("DELETE", "state"): lambda _: desk.clear(),
            ("POST", "story"): self._seed_story,
        }

    def __call__(self, request: Request) -> Response:
        name = request.path.split("?")[0].removeprefix("/sandbox/").strip("/")
        action = self._actions.get((request.method, name))
        if action is None:
            return _json({"error": f"There is no {request.method} {request.path} here."}, status=404)
        try:
            return _json(action(_asked(request)))
        except (ValueError, TypeError) as problem:
            return _json({"error": str(problem)}, status=400)
        except KeyError as problem:
            return _json({"error": f"Missing or unknown: {problem}"}, status=400)

    def _add_fault(self, asked: dict[str, Any]) -> Any:
        known = {field.name for field in fields(Fault)}
        if unknown := set(asked) - known:
            raise ValueError(
                f"A fault has no {', '.join(sorted(unknown))}. Known: {', '.join(sorted(known))}."
            )
        self._desk.faults.add(Fault(**asked))
        return self._desk.faults.as_dicts()

    def _change_settings(self, asked: dict[str, Any]) -> Any:
        settings = self._desk.settings
        if "picture" in asked:
            if asked["picture"] not in PICTURES:
                raise ValueError(f"picture is one of {', '.join(PICTURES)}.")
            settings.picture = asked["picture"]
        if "settle_seconds" in asked:
            settings.settle_seconds = float(asked["settle_seconds"])
        return asdict(settings)

    def _seed_set(self, asked: dict[str, Any]) -> Any:
        return {"key_id": seed_set(self._desk, asked.pop("account_id"), asked.pop("key_id", None), **asked)}

    def _seed_keys(self, asked: dict[str, Any]) -> Any:
        made = [
            seed_key(self._desk, asked["account_id"], region=asked["region"])
            for _ in range(int(asked.get("count", 1)))
        ]
        return {"key_ids": made}

    def _seed_story(self, _: dict[str, Any]) -> Any:
        if self._story is None:
            raise ValueError("This sandbox was made without a story.")
        self._desk.clear()
        return {"keys": self._story(self._desk)}

    def _set_state(self, asked: dict[str, Any]) -> Any:
        set_state(self._desk, asked["account_id"], asked["region"], asked["key_id"], asked["state"])
        return {}

    def _share_key(self, asked: dict[str, Any]) -> Any:
        share_key(
            self._desk,
            asked["account_id"],
            asked["region"],
            asked["key_id"],
            with_account=asked["with_account"],
        )
        return {}


def _asked(request: Request) -> dict[str, Any]:
    asked = json.loads(request.body or b"{}")
    if not isinstance(asked, dict):
        raise TypeError("The body must be a JSON object.")
    return asked


def _json(answer: Any, *, status: int = 200) -> Response:
    return Response(json.dumps(answer).encode(), status, {"Content-Type": "application/json"})
