"""`manage.py listen_telemetry`: take what vehicles report over MQTT."""

import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.telemetry.listener import BrokerRefuses, Listener


class Command(BaseCommand):
    help = "Take what vehicles report over MQTT (TELEMETRY_MQTT_URL), until SIGTERM or Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 0 when stopped, 1 where the broker refuses us."""
        if not settings.TELEMETRY_MQTT_URL:
            raise CommandError("TELEMETRY_MQTT_URL is not set.")
        try:
            listener = Listener(
                url=settings.TELEMETRY_MQTT_URL,
                topic=settings.TELEMETRY_MQTT_TOPIC,
                client_id=f"telemetry of {settings.PUBLIC_URL}",
            )
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: listener.stop())
            listener.run()
        except BrokerRefuses as error:
            raise CommandError(str(error)) from error
