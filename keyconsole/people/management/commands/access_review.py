"""`manage.py access_review start|list|show|export`: campaigns in which owners confirm or remove access."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from keyconsole.audit.events import Event
from keyconsole.audit.export import csv_lines, json_lines
from keyconsole.audit.log import record
from keyconsole.people.access_review.end import LINE_COLUMNS, line_rows
from keyconsole.people.access_review.start import start
from keyconsole.people.at_terminal import add_who_acts, who_acts
from keyconsole.people.models import AccessReview
from keyconsole.references import REVIEW, number_of
from keyconsole.refusals import Refused
from keyconsole.terminal import who_types


class Command(BaseCommand):
    help = (
        "Start an access review, list all, show or export one. Owners answer on its page. Exit status: "
        "0 done, 1 refused, 2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        begin = verbs.add_parser("start", help="begin one; takes the password or token of an administrator")
        begin.add_argument(
            "--due", required=True, metavar="DAY", help="2027-01-31; ends with that day, in UTC"
        )
        begin.add_argument("--why", default="", help="what owners read first")
        add_who_acts(begin)
        verbs.add_parser("list", help="every review, the latest first")
        show = verbs.add_parser("show", help="one review and how its lines stand")
        show.add_argument("ref", metavar="RV-n")
        export = verbs.add_parser("export", help="every line of one review; recorded")
        export.add_argument("ref", metavar="RV-n")
        export.add_argument("--format", choices=["csv", "json"], default="csv")

    def handle(self, *_: object, verb: str, **options: Any) -> None:
        getattr(self, f"_{verb}")(options)

    def _start(self, options: dict[str, Any]) -> None:
        due_at = _end_of(options["due"])
        proof = who_acts(options)
        try:
            with proof.acting():
                review = start(
                    due_at=due_at, why=options["why"], by=proof.person, now=timezone.now(), via=proof.via
                )
        except Refused as refused:
            raise CommandError(f"Refused: {refused}", returncode=1) from None
        self.stdout.write(f"{review} has begun, with {review.lines.count()} lines. {_due(review)}.")

    def _list(self, _: dict[str, Any]) -> None:
        for review in AccessReview.objects.all():
            self.stdout.write(f"{review}: {_stands(review)}")

    def _show(self, options: dict[str, Any]) -> None:
        review = _called(options["ref"])
        self.stdout.write(f"{review}, started by {review.started_by} on {review.started_at:%Y-%m-%d}")
        self.stdout.write(_stands(review))
        for answer, count in sorted(Counter(row["answer"] for row in line_rows(review)).items()):
            self.stdout.write(f"{answer}: {count}")
        if review.sha256:
            self.stdout.write(f"SHA-256 of its lines: {review.sha256}")

    def _export(self, options: dict[str, Any]) -> None:
        review, by = _called(options["ref"]), who_types()
        data = {"what": f"access review {review}", "format": options["format"]}
        with transaction.atomic():
            record(Event.AUDIT_EXPORTED, actor=by, subject=review.ref, now=timezone.now(), data=data)
        rows = line_rows(review)
        lines = csv_lines(LINE_COLUMNS, rows) if options["format"] == "csv" else json_lines(rows)
        for line in lines:
            self.stdout.write(line, ending="")


def _called(ref: str) -> AccessReview:
    review = AccessReview.objects.filter(number=number_of(REVIEW, ref)).first()
    if review is None:
        raise CommandError(f"There is no access review {ref[:40]!r}.", returncode=2)
    return review


def _end_of(day: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day), time(23, 59, 59), tzinfo=UTC)
    except ValueError:
        raise CommandError(f"{day[:40]!r} is no day such as 2027-01-31.", returncode=2) from None


def _stands(review: AccessReview) -> str:
    waiting = review.lines.filter(answer="").count()
    if review.ended_at:
        return f"ended {review.ended_at:%Y-%m-%d %H:%M} UTC by {review.ended_by}, {waiting} not answered"
    return f"open, {waiting} not answered. {_due(review)}"


def _due(review: AccessReview) -> str:
    return f"Due {review.due_at:%Y-%m-%d %H:%M} UTC"
