"""One person's verb on a proposed version, in a process of its own, when the test says go.

python -m tests.policies.agreeing_process agree|reject|withdraw NAME USERNAME
"""

from __future__ import annotations

import os
import sys


def main() -> int:
    verb, name, username = sys.argv[1:]
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.utils import timezone

    from keyconsole.policies.models import PolicyVersion
    from keyconsole.policies.versions.propose import agree, reject, withdraw
    from keyconsole.refusals import Refused

    version = PolicyVersion.objects.select_related("policy", "proposer").get(
        policy__name=name, state="proposed"
    )
    by, now = User.objects.get(username=username), timezone.now()
    verbs = {
        "agree": lambda: agree(version, by=by, sha256=version.sha256, now=now),
        "reject": lambda: reject(version, by=by, reason="No", now=now),
        "withdraw": lambda: withdraw(version, by=by, now=now),
    }
    print("ready", flush=True)  # noqa: T201 - the test waits for all of them
    input()
    try:
        verbs[verb]()
    except Refused as no:
        print(no, flush=True)  # noqa: T201 - the test reads it
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
