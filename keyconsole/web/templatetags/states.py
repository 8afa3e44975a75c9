"""The tags that show a state: its word with its icon, in its tone."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from keyconsole.web.statuses import (
    ACCESS_STATES,
    CAUSES,
    CHANGE_STATES,
    CHECKS,
    DELIVERY_STATES,
    KEY_STATES,
    OUTCOMES,
    PERSON_STATES,
    REVIEW_ANSWERS,
    ROLES,
    VERSION_STATES,
    VISIBILITIES,
    Style,
    style,
)
from keyconsole.web.templatetags.ids import icon

register = template.Library()


@register.simple_tag
def state_tag(key_state: object) -> SafeString:
    return _tag(KEY_STATES, key_state)


@register.simple_tag
def role_tag(role: object) -> SafeString:
    known = str(role or "").upper()
    return _tag(ROLES, known if known in ROLES else role)


@register.simple_tag
def change_state_tag(state: object) -> SafeString:
    return _tag(CHANGE_STATES, state)


@register.simple_tag
def outcome_tag(outcome: object) -> SafeString:
    return _tag(OUTCOMES, outcome)


@register.simple_tag
def delivery_state_tag(state: object) -> SafeString:
    return _tag(DELIVERY_STATES, state)


@register.simple_tag
def version_state_tag(state: object) -> SafeString:
    return _tag(VERSION_STATES, state)


@register.simple_tag
def person_state_tag(state: object) -> SafeString:
    return _tag(PERSON_STATES, state)


@register.simple_tag
def review_answer_tag(answer: object) -> SafeString:
    return _tag(REVIEW_ANSWERS, answer)


@register.simple_tag
def access_state_tag(state: object) -> SafeString:
    return _tag(ACCESS_STATES, state)


@register.simple_tag
def visibility_tag(visibility: object) -> SafeString:
    return _tag(VISIBILITIES, visibility)


@register.simple_tag
def cause_tag(cause: object) -> SafeString:
    return _tag(CAUSES, cause)


@register.simple_tag
def check_tag(answer: object) -> SafeString:
    return _tag(CHECKS, answer)


def _tag(table: dict[str, Style], value: object) -> SafeString:
    found = style(table, value)
    return format_html(
        '<span class="tag tone-{}" data-value="{}">{}{}</span>',
        found.tone,
        value or "",
        icon(found.icon),
        found.word,
    )
