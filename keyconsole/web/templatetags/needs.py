"""What a change needs of the person who reads the list, as a filter."""

from __future__ import annotations

from django import template

from keyconsole.changes.approvals.inbox import stands_for, wanted

register = template.Library()
register.filter("wanted", wanted)
register.filter("stands_for", stands_for)
