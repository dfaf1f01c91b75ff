"""Rows that people can delete and bring back: they have `deleted_at`."""

from typing import Any, Self

from django.db import models


class Living(models.QuerySet[Any]):
    def alive(self) -> Self:
        """Those that nobody has deleted."""
        return self.filter(deleted_at=None)
