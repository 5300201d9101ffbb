"""The roles of a fresh installation, also where a test before this one has emptied all tables."""

from importlib import import_module

from django.apps import apps
from django.contrib.auth.models import Group, User

ROLES = "apps.backoffice.migrations.0004_roles"


def ship_roles() -> None:
    """Give the roles what the migration gives them."""
    import_module(ROLES).give_permissions(apps, None)


def of_role(role: str, *, password: str | None = None) -> User:
    """Somebody of staff with this role and nothing else."""
    user = User.objects.create_user(role.lower().replace(" ", "-"), password=password, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user
