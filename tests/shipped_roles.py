"""The roles of a fresh installation, also where a test before this one has emptied all tables."""

from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.contrib.auth.models import Group, User
from django.db.migrations import RunPython

MIGRATIONS = "apps.backoffice.migrations"


def ship_roles() -> None:
    """Give the roles what the migrations give them."""
    folder = Path(str(import_module(MIGRATIONS).__path__[0]))
    for file in sorted(folder.glob("0*.py")):
        for operation in import_module(f"{MIGRATIONS}.{file.stem}").Migration.operations:
            if isinstance(operation, RunPython):
                operation.code(apps, None)


def of_role(role: str, *, password: str | None = None) -> User:
    """Somebody of staff with this role and nothing else."""
    user = User.objects.create_user(role.lower().replace(" ", "-"), password=password, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user
