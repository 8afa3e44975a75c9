"""The user's guide for the version that runs, and one of every element that its pages are made of."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from keyconsole.refusals import Refused
from keyconsole.text import clean_search
from keyconsole.web.guards import signed_in
from keyconsole.web.help.chapters import CHAPTERS, chapter_called, tables
from keyconsole.web.help.find import find
from keyconsole.web.help.pattern_examples import portfolio


@signed_in
@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")
    context: dict[str, Any] = {"chapters": CHAPTERS, "text": text}
    try:
        asked = clean_search(text)
    except Refused as refused:
        context["problem"] = str(refused)
    else:
        context |= {"asked": asked, "found": find(asked)}
    return render(request, "help/contents.html", context)


@signed_in
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    chapter = chapter_called(slug)
    if chapter is None:
        raise Http404("The help has no such chapter.")
    context = {"chapter": chapter, "chapters": CHAPTERS, **tables()}
    return render(request, f"help/{slug}.html", context)


@signed_in
@require_safe
def patterns(request: HttpRequest) -> HttpResponse:
    return render(request, "patterns.html", portfolio())
