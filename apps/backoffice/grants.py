"""Giving roles what they may see and do, for migrations.

Permissions are made by Django after all migrations have run; those that a role needs are made here, as Django
would, and found by it then.
"""

from collections.abc import Iterable, Mapping
from typing import Any

# Of each role, by its name: permissions such as `assets.view_ticket`, or `legs.legevent.see_user_location` for those
# that a model has of its own. The migration depends on their models.
Grants = Mapping[str, Iterable[str]]


def give(apps: Any, grants: Grants) -> None:
    """Give each role what it lacks; one that is not there is made."""
    for role, permissions in grants.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        group.permissions.add(*(_permission(apps, name) for name in permissions))


def take(apps: Any, grants: Grants) -> None:
    """Take them from each role; the permissions stay."""
    for role, permissions in grants.items():
        for group in apps.get_model("auth", "Group").objects.filter(name=role):
            group.permissions.remove(*(_permission(apps, name) for name in permissions))


def _permission(apps: Any, name: str) -> Any:
    app, *model_named, codename = name.split(".")
    action, _, rest = codename.partition("_")
    model = model_named[0] if model_named else rest
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=app, model=model)
    meta = apps.get_model(app, model)._meta
    called = dict(meta.permissions)[codename] if model_named else f"Can {action} {meta.verbose_name_raw}"
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": called}
    )
    return permission
