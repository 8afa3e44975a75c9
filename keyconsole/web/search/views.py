"""One box for everything that has a name. One clear match leads there at once."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from keyconsole.web.guards import person_of, signed_in
from keyconsole.web.search.field import SearchField
from keyconsole.web.search.find import find


class SearchForm(forms.Form):
    q = SearchField("Search")


@signed_in
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    found = find(person_of(request), text) if text else None
    if found and found.only:
        return redirect(found.only.url)
    return render(request, "search/index.html", {"form": form, "text": text, "found": found})
