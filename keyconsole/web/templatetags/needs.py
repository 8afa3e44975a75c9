"""What a change needs of the person who reads the list, as a filter."""

from __future__ import annotations

from django import template

from keyconsole.web.needs import wanted

register = template.Library()
register.filter("wanted", wanted)
