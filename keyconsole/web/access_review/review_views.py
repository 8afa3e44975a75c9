"""Access reviews as campaigns: starting one, its lines and their answers, its end."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.people.access_review import answer as answering
from keyconsole.people.access_review import end as ending
from keyconsole.people.access_review.start import start as begin
from keyconsole.people.models import AccessReview, AccessReviewLine
from keyconsole.references import REVIEW, number_of
from keyconsole.refusals import Refused
from keyconsole.web.access_review.forms import AnswerForm, StartForm
from keyconsole.web.access_review.sight import AuditSight
from keyconsole.web.downloads import recorded_download
from keyconsole.web.guards import Proof, person_of, requires
from keyconsole.web.people.confirmed import doing
from keyconsole.web.proposals import say
from keyconsole.web.reauthentication import Confirmation

PER_PAGE = 50
SHOWS = {"mine": "Wait for me", "open": "Not answered", "all": "All"}


@requires(Permission.ADMINISTER, everywhere=True)
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    form = StartForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            review = begin(
                due_at=form.due_at, why=form.cleaned_data["why"], by=person_of(request), now=timezone.now()
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{review} has begun.")
            return redirect("access-review-campaign", review.ref)
    return render(request, "access_review/start.html", {"form": form})


@requires(Permission.READ_AUDIT)
@require_safe
def review(request: HttpRequest, ref: str) -> HttpResponse:
    sight = AuditSight.of(person_of(request))
    found = _review_called(ref)
    lines = sight.lines(found)
    show = request.GET.get("show", "")
    show = show if show in SHOWS else ("all" if found.ended_at else _first_shown(lines, sight))
    page_obj = Paginator(_kept(lines, show, sight), PER_PAGE).get_page(request.GET.get("page"))
    answers = Counter(lines.values_list("answer", flat=True))
    context = {
        "review": found,
        "sight": sight,
        "show": show,
        "shows": SHOWS,
        "page_obj": page_obj,
        "rows": [(line, answering.may_answer(sight.by, line).allowed) for line in page_obj],
        "answers": answers,
        "waiting": answers[""],
        "waiting_for_me": lines.filter(answer="", owner=sight.by).count() if not found.ended_at else 0,
        "total": answers.total(),
        "is_overdue": not found.ended_at and found.due_at <= timezone.now(),
        "may_end": not found.ended_at and can(sight.by, Permission.ADMINISTER),
    }
    return render(request, "access_review/review.html", context)


def _answering(request: HttpRequest, ref: str) -> Confirmation | None:
    form, lines = AnswerForm(request.POST), _ticked(request, _review_called(ref))
    if not form.is_valid() or not lines:
        return None
    more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
    counted = "1 line" if len(lines) == 1 else f"{len(lines)} lines"
    what = f"{form.cleaned_data['answer']} {counted} of the access review {ref}"
    return Confirmation(what, about=f"{lines[0].person.username}: {lines[0].what}{more}")


@requires(Permission.ADMINISTER, proof=Proof.FRESH, confirms=_answering)
@require_POST
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    found, by, form = _review_called(ref), person_of(request), AnswerForm(request.POST)
    lines = _ticked(request, found)
    if not form.is_valid() or not lines:
        messages.error(request, "Tick the lines first, then confirm or remove them.")
        return redirect("access-review-campaign", found.ref)
    verb = answering.remove if form.cleaned_data["answer"] == "remove" else answering.confirm
    done = 0
    for line in lines:
        try:
            verb(line, comment=form.cleaned_data["comment"], by=by, now=timezone.now())
        except Refused as refused:
            messages.error(request, f"Line {line.number} was left as it is: {refused}")
        else:
            done += 1
    if done:
        word = "removed" if verb is answering.remove else "confirmed"
        messages.success(request, f"{done} line{'' if done == 1 else 's'} {word}.")
    return redirect("access-review-campaign", found.ref)


@requires(
    Permission.ADMINISTER,
    everywhere=True,
    proof=Proof.FRESH,
    confirms=doing("end the access review {ref} with answers missing"),
)
@require_POST
def end(request: HttpRequest, ref: str) -> HttpResponse:
    found = _review_called(ref)

    def decide() -> str:
        ending.end(found, by=person_of(request), now=timezone.now())
        return f"{found} has ended. Its lines stay as they are, for ever."

    say(request, decide)
    return redirect("access-review-campaign", found.ref)


@requires(
    Permission.READ_AUDIT,
    everywhere=True,
    proof=Proof.FRESH_FILE,
    confirms=doing("export the access review {ref} as {fmt}"),
)
@require_GET
def export(request: HttpRequest, ref: str, fmt: str) -> StreamingHttpResponse:
    found, by, now = _review_called(ref), person_of(request), timezone.now()
    name = f"access-review-{found.ref}"
    return recorded_download(name, fmt, ending.LINE_COLUMNS, ending.line_rows(found), by=by, now=now)


def _review_called(ref: str) -> AccessReview:
    found = AccessReview.objects.filter(number=number_of(REVIEW, ref)).first()
    if found is None:
        raise Http404("No such access review.")
    return found


def _ticked(request: HttpRequest, review: AccessReview) -> list[AccessReviewLine]:
    """The lines that the form names, of those that the person sees."""
    numbers = [int(each) for each in request.POST.getlist("line") if each.isascii() and each.isdigit()]
    lines = AuditSight.of(person_of(request)).lines(review)
    ticked = lines.filter(number__in=[each for each in numbers if each < 10**9])
    return list(ticked.select_related("review", "person").order_by("number"))


def _first_shown(lines: QuerySet[AccessReviewLine], sight: AuditSight) -> str:
    return "mine" if lines.filter(answer="", owner=sight.by).exists() else "open"


def _kept(lines: QuerySet[AccessReviewLine], show: str, sight: AuditSight) -> Any:
    kept = lines.select_related("review", "person", "owner").order_by("number")
    if show == "mine":
        return kept.filter(answer="", owner=sight.by)
    return kept.filter(answer="") if show == "open" else kept
