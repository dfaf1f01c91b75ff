"""The Django project: settings, addresses and processes. Wiring only, no behaviour."""

from playground.celery import app as celery_app

__all__ = ["celery_app"]
