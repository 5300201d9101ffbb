"""The project: settings, the one URL map, Celery and the embedded database."""

from tomp_backoffice.celery import app as celery_app

__all__ = ["celery_app"]
