"""When the tasks of the beat were last run, as whoever ran them noted it."""

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.assets.tasks import follow_reservations
from apps.operations.models import TaskRun
from apps.operations.task_runs import late_tasks, scheduled
from tomp_backoffice.celery import app

pytestmark = pytest.mark.django_db
NAME = "apps.assets.tasks.follow_reservations"


@pytest.fixture
def failing() -> Iterator[Any]:
    """The same task, which fails now."""
    run = follow_reservations.run
    follow_reservations.run = lambda: 1 / 0
    yield follow_reservations
    follow_reservations.run = run


def test_every_task_of_the_beat_exists() -> None:
    app.loader.import_default_modules()
    assert set(scheduled()) <= set(app.tasks)


def test_a_run_is_noted_in_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):  # one of them is the task's own: what is due
        follow_reservations.apply()
    run = TaskRun.objects.get()
    assert (run.task, run.ended_at) == (NAME, run.succeeded_at)
    assert timezone.now() - run.ended_at < timedelta(seconds=10)


def test_a_run_that_fails_has_ended_but_not_well(failing: Any) -> None:
    failing.apply()
    run = TaskRun.objects.get()
    assert run.succeeded_at is None
    assert NAME in {late.task for late in late_tasks(now=timezone.now())}


def test_when_it_ended_well_is_kept_while_it_fails(failing: Any) -> None:
    before = timezone.now() - timedelta(minutes=5)
    TaskRun.objects.create(task=NAME, ended_at=before, succeeded_at=before, worker="one")
    failing.apply()
    run = TaskRun.objects.get()
    assert run.succeeded_at == before
    assert run.ended_at > before


def test_a_task_run_many_times_a_second_is_noted_once() -> None:
    follow_reservations.apply()
    first = TaskRun.objects.get().ended_at
    follow_reservations.apply()
    assert TaskRun.objects.get().ended_at == first
    with time_machine.travel(timezone.now() + timedelta(seconds=3)):
        follow_reservations.apply()
    assert TaskRun.objects.get().ended_at > first


def test_a_task_is_late_after_several_of_its_intervals() -> None:
    now = timezone.now()
    for task, interval in scheduled().items():
        ended = now - max(interval * 3, timedelta(minutes=1)) + timedelta(seconds=1)
        TaskRun.objects.create(task=task, ended_at=ended, succeeded_at=ended, worker="one")
    assert late_tasks(now=now) == []
    (late,) = late_tasks(now=now + timedelta(minutes=2))[:1]
    assert late.since is not None
    assert {one.task for one in late_tasks(now=now + timedelta(hours=5))} == set(scheduled())


def test_auditors_see_them_and_who_has_no_role_does_not(client: Client) -> None:
    import_module("apps.backoffice.migrations.0004_roles").give_permissions(apps, None)
    TaskRun.objects.create(task=NAME, ended_at=timezone.now(), worker="one")
    somebody = get_user_model().objects.create_user("somebody", password="x", is_staff=True)
    client.force_login(somebody)
    assert client.get(reverse("admin:operations_taskrun_changelist")).status_code == 403
    somebody.groups.add(Group.objects.get(name="Auditor"))
    assert NAME in client.get(reverse("admin:operations_taskrun_changelist")).content.decode()
