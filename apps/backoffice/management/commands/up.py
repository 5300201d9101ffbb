"""`manage.py up`: the whole back office on one machine, with one command."""

import contextlib
import fcntl
import os
import socket
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import urllib3
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.backoffice import local_access
from apps.backoffice.local_access import LocalAccess, write_private
from tomp_backoffice import embedded_postgres
from tomp_backoffice.supervisor import ChildError, StopRequested, Supervisor, end_leftovers

# 2 web processes with 8 connections each, 8 worker threads and the beat stay far below PostgreSQL's 100.
WEB_PROCESSES = min(2, os.cpu_count() or 1)
THREADS = 8
QUIET_WORKER = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]
WSGI = [
    *("tomp_backoffice.wsgi:application", "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1"),
    *("--workers", str(WEB_PROCESSES), "--blocking-threads", str(THREADS)),
    # An idle browser keeps its connection open; that must not hold up the end.
    *("--workers-kill-timeout", "3"),
]
READY_SECONDS = 60


def port_number(text: str) -> int:
    """A TCP port from the command line."""
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ArgumentTypeError(f"{text} is no port (1 … 65535)")
    return int(text)


@contextlib.contextmanager
def only_one_in(folder: Path) -> Iterator[None]:
    """Hold the data folder's lock; the kernel gives it back however this process ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(f"Another `up` is running in {folder}; stop that one first.") from None
        yield


def port_problem(port: int) -> str:
    """Why 127.0.0.1:`port` cannot be listened on; empty where it can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error.strerror or str(error)
    return ""


class Command(BaseCommand):
    help = "Start the back office on this machine: database, web server, worker and beat. Ctrl-C stops it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=port_number, default=8000, help="of the web server (default 8000)")
        parser.add_argument("--fresh", action="store_true", help="throw the embedded data away first")
        parser.add_argument("--yes", action="store_true", help="with --fresh: do not ask")
        parser.add_argument("--no-demo", action="store_true", help="load no demo operator")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 0 after Ctrl-C or SIGTERM, 1 with a one-line error after anything else."""
        if settings.PRODUCTION:
            raise CommandError("`up` is for a machine of your own; see docs/operations/running.md.")
        if options["fresh"] and not embedded_postgres.is_wanted():
            raise CommandError("--fresh throws the embedded data away; DATABASE_URL names another server.")
        self.folder: Path = settings.DATA_DIR
        self.port: int = options["port"]
        self.with_demo = not options["no_demo"]
        self.site = f"http://127.0.0.1:{self.port}"
        self.ready_file = self.folder / "up.json"
        with only_one_in(self.folder):
            end_leftovers(self.folder)
            if problem := port_problem(self.port):
                raise CommandError(f"Port {self.port}: {problem}. Choose another one with --port.")
            self.ready_file.unlink(missing_ok=True)
            for counted in Path(settings.METRICS_DIR).glob("*.db"):
                counted.unlink()  # by processes that are no more
            if options["fresh"]:
                self._throw_data_away(ask=not options["yes"])
            try:
                self._run()
            except StopRequested:
                self._say("Stopped.")
            except (ChildError, embedded_postgres.UnusableFolderError) as error:
                raise CommandError(str(error)) from error
            finally:
                self.ready_file.unlink(missing_ok=True)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _throw_data_away(self, *, ask: bool) -> None:
        database = embedded_postgres.default_folder()
        if ask:
            try:
                answer = input(f"Delete all data in {database}? [yes/no] ")
            except (EOFError, KeyboardInterrupt):
                raise CommandError("Nothing was deleted; --yes answers the question.") from None
            if answer.strip().lower() not in {"y", "yes"}:
                raise CommandError("Nothing was deleted.")
        embedded_postgres.discard(database)
        local_access.file().unlink(missing_ok=True)

    def _run(self) -> None:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        environment.setdefault("PUBLIC_URL", self.site)
        with Supervisor(
            owner=self.folder,
            working_folder=settings.BASE_DIR,
            log_folder=self.folder / "logs",
            environment=environment,
        ) as family:
            embedded = embedded_postgres.is_wanted()
            if embedded:
                self._say("Starting PostgreSQL …")
                family.environment["DATABASE_URL"] = embedded_postgres.start(embedded_postgres.default_folder())
                family.raise_if_stopped()
            self._prepare_database(family)
            access = local_access.read()
            if not self.with_demo:
                access["providers"] = []
            self._start_processes(family)
            family.wait_for(lambda: self._answers(access), what="The site did not answer", seconds=READY_SECONDS)
            self._announce(access)
            family.watch(
                lambda: not embedded or embedded_postgres.is_running(embedded_postgres.default_folder()),
                what="The embedded PostgreSQL has ended.",
            )

    def _prepare_database(self, family: Supervisor) -> None:
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        self._say("Migrating the database …")
        family.run("migrate", [*manage, "migrate", "--no-input"])
        self._say("Loading the demo operator …" if self.with_demo else "Making the administrator …")
        family.run("load_demo", [*manage, "load_demo", *([] if self.with_demo else ["--admin-only"])])

    def _start_processes(self, family: Supervisor) -> None:
        python = [sys.executable, "-m"]
        celery = [*python, "celery", "--app", "tomp_backoffice"]
        self._say("Starting the worker, the beat and the web server …")
        family.start(
            "worker",
            [*celery, "worker", "--pool", "threads", "--concurrency", str(THREADS), *QUIET_WORKER],
        )
        family.start("beat", [*celery, "beat", "--pidfile=", "--loglevel", "INFO"])
        if settings.TELEMETRY_MQTT_URL:
            family.start("telemetry", [sys.executable, str(settings.BASE_DIR / "manage.py"), "listen_telemetry"])
        family.start(
            "web",
            [*python, "granian", *WSGI, "--no-access-log", "--port", str(self.port)],
            DATABASE_POOL_SIZE=str(THREADS),
        )

    def _answers(self, access: LocalAccess) -> bool:
        """Does the admin's login page come, and the API's ping (which asks database and broker)?"""
        if self._status("/admin/login/") != 200:
            return False
        headers = {"Accept-Language": "en"}
        if access["providers"]:
            first = access["providers"][0]
            headers |= {"maas-id": first["maas_id"], "X-API-Key": first["api_key"]}
            return self._status("/tomp/operator/ping", headers) == 200
        return self._status("/tomp/operator/ping", headers) in {200, 401}

    def _status(self, path: str, headers: dict[str, str] | None = None) -> int | None:
        """The HTTP status; no connection stays open, which the server would wait for when it stops."""
        try:
            with urllib3.PoolManager(headers={**(headers or {}), "Connection": "close"}) as pool:
                return pool.request("GET", self.site + path, timeout=5, retries=False).status
        except urllib3.exceptions.HTTPError:
            return None

    def _announce(self, access: LocalAccess) -> None:
        base_url, admin_url = f"{self.site}/tomp", f"{self.site}/admin/"
        write_private(
            self.ready_file,
            {"base_url": base_url, "admin_url": admin_url, **access},
        )
        admin = access["admin"]
        self._say("\nReady. Ctrl-C stops everything.\n")
        self._say(f"  Admin     {admin_url}   {admin['username']} / {admin['password'] or '(your own password)'}")
        self._say(f"  TOMP-API  {base_url}")
        self._say(f"  API docs  {self.site}/api/docs/")
        for provider in access["providers"]:
            self._say(f"  MP        maas-id {provider['maas_id']}   X-API-Key {provider['api_key']}")
        self._say(f"\n  As a file: {self.ready_file}; logs: {self.folder / 'logs'}\n")
