"""The Celery application. Tasks are nudges; what is due is always found again in the database."""

import os

from celery import Celery
from django_structlog.celery.steps import DjangoStructLogInitStep

from tomp_backoffice import file_broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tomp_backoffice.settings")

file_broker.use()
app = Celery("tomp_backoffice")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Lines that a task writes tell which task it is, and which request caused it.
app.steps["worker"].add(DjangoStructLogInitStep)
