"""Boxes to tick and a text for what is not listed: nothing that was given is lost."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from keyconsole.web.choosers import (
    BOXES_AT_MOST,
    Chooser,
    ChosenField,
    Group,
    Option,
    regions_to_choose,
    split,
)
from tests.cast import make_account


def chooser(*values: str, adds: str = "Others") -> Chooser:
    made = Chooser(adds=adds)
    made.groups = [Group("", tuple(Option(value, value) for value in values))]
    return made


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (None, []),
        ("a, b\nc,,a", ["a", "b", "c"]),
        (["a", "b, c", ""], ["a", "b", "c"]),
        (("x y",), ["x y"]),
    ],
)
def test_boxes_and_text_are_one_list_without_repetition(given: object, found: list[str]) -> None:
    assert split(given) == found


def test_ticked_boxes_and_what_was_typed_come_together() -> None:
    data = QueryDict("r=eu-west-1&r=us-east-1&r=mars-1%2C+venus-2")
    assert chooser().value_from_datadict(data, {}, "r") == ["eu-west-1", "us-east-1", "mars-1", "venus-2"]


def test_what_is_not_known_stays_among_the_boxes() -> None:
    drawn = chooser("a").render("r", ["a", "strange"], {"id": "id_r"})
    assert 'value="a" checked' in drawn
    assert 'value="strange" checked' in drawn


def test_many_are_offered_while_somebody_writes_and_the_chosen_ones_drawn() -> None:
    many = [f"value-{number}" for number in range(BOXES_AT_MOST + 1)]
    drawn = chooser(*many).render("r", ["value-3"], {"id": "id_r"})
    assert drawn.count('type="checkbox"') == 1
    assert 'list="id_r-known"' in drawn
    assert drawn.count("<option") == len(many)


def test_what_is_written_is_escaped() -> None:
    drawn = chooser("<b>").render("r", ['"><script>'], {"id": "id_r"})
    assert "<script>" not in drawn
    assert "<b>" not in drawn


def test_too_much_is_refused() -> None:
    field = ChosenField(required=False)
    assert field.clean("a,b") == ["a", "b"]
    with pytest.raises(Exception, match="At most 4,000 characters"):
        field.clean("x" * 4001)


@pytest.mark.every_database
@pytest.mark.django_db
def test_regions_are_offered_of_the_partitions_in_which_there_are_accounts() -> None:
    def offered() -> set[str]:
        return {option.value for group in regions_to_choose() for option in group.options}

    assert "eu-west-1" in offered()
    assert "us-gov-west-1" not in offered()
    account = make_account("fourth", "444455556666")
    account.partition = "aws-us-gov"
    account.save()
    assert {"eu-west-1", "us-gov-west-1"} <= offered()
