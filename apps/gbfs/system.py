"""Who we are, what it costs, and what is out of the ordinary: files of GBFS 3.0."""

import re
from datetime import datetime

from apps.gbfs.edition import Edition, Json
from apps.gbfs.opening_hours import opening_rules
from apps.gbfs.prices import plan_object
from apps.operator.alerts import current_alerts
from apps.operator.models import Operator
from apps.operator.selectors import the_operator
from apps.pricing.published import published_plans

E_164 = re.compile(r"\+[1-9]\d{1,14}")
PUNCTUATION = re.compile(r"[\s().-]")


def system_information(edition: Edition) -> Json:
    """`system_information.json`."""
    operator = the_operator()
    phone = PUNCTUATION.sub("", operator.phone_number)
    return {
        "system_id": operator.system_id,
        "languages": edition.tags,
        "name": edition.texts(operator.name),
        "short_name": edition.texts(operator.short_name),
        "operator": edition.texts(operator.legal_name),
        "opening_hours": opening_rules().of_the_system(),
        "url": operator.url or None,
        "purchase_url": operator.purchase_url or None,
        "start_date": operator.start_date,
        "phone_number": phone if E_164.fullmatch(phone) else None,
        "email": operator.email or None,
        "feed_contact_email": operator.feed_contact_email,
        "timezone": operator.time_zone,
        "license_url": operator.license_url or None,
        "rental_apps": _rental_apps(operator),
    }


def _rental_apps(operator: Operator) -> Json | None:
    """Where our apps are; GBFS wants both addresses of each."""
    apps = {
        "android": {"store_uri": operator.store_uri_android, "discovery_uri": operator.discovery_uri_android},
        "ios": {"store_uri": operator.store_uri_ios, "discovery_uri": operator.discovery_uri_ios},
    }
    return {name: app for name, app in apps.items() if all(app.values())} or None


def system_pricing_plans(edition: Edition) -> Json:
    """`system_pricing_plans.json`: the plans that can be the price of a departure now, without those of single MPs."""
    found = published_plans(None, now=edition.local, region_id=None, station_id=None)
    plans = {one.plan.plan_id: one for one in found}
    return {"plans": [plan_object(one.plan, one.parts, edition) for one in plans.values()]}


def system_alerts(edition: Edition) -> Json:
    """`system_alerts.json`: what is not over."""
    return {
        "alerts": [
            {
                "alert_id": row["alert_id"],
                "type": row["alert_type"].lower(),
                "times": [
                    {name: datetime.fromisoformat(period[name]) for name in ("start", "end")}
                    for period in row["periods_to_come"]
                ]
                or None,
                "station_ids": row["station_ids"] or None,
                "region_ids": row["region_ids"] or None,
                "url": edition.same_text(row["url"]),
                "summary": edition.texts(row["summary"]),
                "description": edition.texts(row["description"]),
                "last_updated": row["last_updated"],
            }
            for row in current_alerts(now=edition.local)
        ]
    }
