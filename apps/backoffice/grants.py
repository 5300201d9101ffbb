"""Giving roles what they may see and do, for migrations.

Permissions are made by Django after all migrations have run; those that a role needs are made here, as Django
would, and found by it then.
"""

from collections.abc import Collection, Mapping
from typing import Any

# Of each role, by its name: permissions such as `assets.view_ticket`, or `legs.legevent.see_user_location` for those
# that a model has of its own. The migration depends on their models.
Grants = Mapping[str, Collection[str]]


def give(apps: Any, grants: Grants) -> None:
    """Give each role what it lacks; one that is not there is made. Some statements a role, and one a new permission."""
    known = {
        f"{permission.content_type.app_label}.{permission.content_type.model}.{permission.codename}": permission
        for permission in apps.get_model("auth", "Permission").objects.select_related("content_type")
    }
    for role, permissions in grants.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        for name in map(_of_model, permissions):
            known[name] = known.get(name) or _make(apps, name)
        group.permissions.add(*(known[_of_model(name)] for name in permissions))


def _of_model(name: str) -> str:
    """`assets.ticket.view_ticket` for `assets.view_ticket`; what names its model already stays."""
    app, *model_named, codename = name.split(".")
    return name if model_named else f"{app}.{codename.partition('_')[2]}.{codename}"


def _make(apps: Any, name: str) -> Any:
    app, model, codename = name.split(".")
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=app, model=model)
    meta = apps.get_model(app, model)._meta
    action, _, rest = codename.partition("_")
    called = f"Can {action} {meta.verbose_name_raw}" if rest == model else dict(meta.permissions)[codename]
    return apps.get_model("auth", "Permission").objects.create(
        content_type=content_type, codename=codename, name=called
    )
