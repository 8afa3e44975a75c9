"""What pages keep for the people who look at them. Nothing here is evidence, and nothing decides by it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

VIEW_NAME_AT_MOST = 40
QUERY_AT_MOST = 1000


class SavedView(models.Model):
    """A name for a filter of the keys, its order and its columns: for its owner, or for everybody.

    `query` is what stands in the address of the list, in one spelling.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=VIEW_NAME_AT_MOST)
    query = models.CharField(max_length=QUERY_AT_MOST, blank=True)
    for_all = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    objects: ClassVar[models.Manager[SavedView]] = models.Manager()

    class Meta:
        ordering = ["for_all", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], condition=Q(for_all=False), name="one_own_view_of_a_name"
            ),
            models.UniqueConstraint(
                fields=["name"], condition=Q(for_all=True), name="one_view_for_all_of_a_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('keys')}?{self.query}"
