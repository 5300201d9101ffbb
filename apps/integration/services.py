"""Asking for go-live checks, and running them.

A check is a row, so that it goes on when nobody looks at its page, and is found by whoever opens it again. It is run
by one worker, which says every now and then that it is alive; where it falls silent for long, another begins anew.
"""

from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from kombu.exceptions import OperationalError

from apps.clock.sweeps import sweep
from apps.integration import sandbox
from apps.integration.models import CheckState, GoLiveCheck
from apps.operator.selectors import operator_basics
from apps.processes.selectors import version_in_force
from apps.providers.models import Provider
from apps.tomp.errors import IllegalState
from tomp_backoffice.celery import app

SILENT_FOR = timedelta(seconds=sandbox.TIME_LIMIT_SECONDS + 60)

log = structlog.get_logger(__name__)


def ask(*, provider: Provider, asked_by: str) -> GoLiveCheck:
    """Have the MP's process in force checked. Raises `IllegalState` where none is, or a check is under way."""
    version = version_in_force(provider)
    if version is None:
        raise IllegalState(gettext("No process of this MP is published; there is nothing to check."))
    try:
        with transaction.atomic():
            check = GoLiveCheck.objects.create(provider=provider, profile_version=version, asked_by=asked_by)
    except IntegrityError as error:
        raise IllegalState(gettext("A check of this MP is under way.")) from error
    transaction.on_commit(_begin_soon)
    return check


def run_due() -> None:
    """Run the checks that wait, and those whose worker has died."""
    lost = Q(state=CheckState.RUNNING, alive_at__lt=timezone.now() - SILENT_FOR)
    sweep("run go-live checks", GoLiveCheck.objects.filter(Q(state=CheckState.ASKED) | lost), run, limit=5)


def run(check_id: int) -> None:
    """Run one, from its beginning, and write down each step as it is done. Takes a minute, and no transaction."""
    check = GoLiveCheck.objects.select_related("provider", "profile_version").get(pk=check_id)
    check.state, check.steps, check.journeys, check.stage = CheckState.RUNNING, [], [], "Making the sandbox"
    _note(check)
    task = {
        "maas_id": check.provider.maas_id,
        "document": check.profile_version.document,
        "languages": list(operator_basics().languages),
    }
    try:
        with sandbox.database(check.pk) as address:
            for told in sandbox.play(address, task):
                _take_down(check, told)
                if not check.failure:  # that is told with the end
                    _note(check)
    except Exception as error:
        log.exception("a go-live check broke off", check=check.pk)
        check.failure = f"The sandbox could not be used: {error}"
    check.state = CheckState.FAILED if check.failure else CheckState.PASSED
    check.ended_at, check.stage = timezone.now(), ""
    _note(check)


def _take_down(check: GoLiveCheck, told: dict[str, Any]) -> None:
    check.stage = told.get("stage", check.stage)
    check.journeys = told.get("journeys", check.journeys)
    if "step" in told:
        check.steps.append(told["step"])
        check.stage = f"{told['step']['journey']}: {told['step']['name']}"
    if "failure" in told and not check.failure:
        check.failure, check.failed_call = told["failure"], told.get("call")


def _note(check: GoLiveCheck) -> None:
    check.alive_at = timezone.now()
    check.save(update_fields=["state", "alive_at", "ended_at", "stage", "journeys", "steps", "failure", "failed_call"])


def _begin_soon() -> None:
    """Ask a worker to look now. A broker that is down costs the nudge only."""
    try:
        app.send_task("apps.integration.tasks.run_due", expires=settings.NUDGE_EXPIRES)
    except (OperationalError, OSError) as error:
        log.warning("no nudge sent; the sweep will begin", error=str(error))
