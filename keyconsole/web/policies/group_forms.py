"""Who joins or leaves which group of approvers, as a page sends it."""

from __future__ import annotations

from django import forms
from django.contrib.auth.models import Group, User

from keyconsole.people.dual_control.kind import Facts
from keyconsole.people.dual_control.kinds import join_group
from keyconsole.people.groups import clean_group_name
from keyconsole.refusals import Refused

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class MemberForm(forms.Form):
    person = forms.CharField(
        label="Person", max_length=150, widget=forms.TextInput(attrs=_PLAIN), help_text="Their username."
    )
    group = forms.CharField(
        label="Group",
        max_length=60,
        widget=forms.TextInput(attrs={**_PLAIN, "list": "groups"}),
        help_text="Such as platform or security. The first one who joins makes the group.",
    )

    def clean_person(self) -> User:
        name: str = self.cleaned_data["person"]
        person = User.objects.filter(username=name).first() if name.isprintable() else None
        if person is None:
            raise forms.ValidationError("There is no person with this username.")
        return person

    def clean_group(self) -> str:
        try:
            return clean_group_name(self.cleaned_data["group"])
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from None

    @property
    def known(self) -> list[str]:
        """Groups that are there, to choose from."""
        return list(Group.objects.order_by("name").values_list("name", flat=True))

    @property
    def facts(self) -> Facts:
        return join_group.facts_of(self.cleaned_data["person"], self.cleaned_data["group"])


class LeaveForm(MemberForm):
    @property
    def sentences(self) -> list[str]:
        return [str(sentence) for sentences in self.errors.values() for sentence in sentences]
