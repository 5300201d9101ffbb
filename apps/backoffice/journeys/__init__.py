"""Journeys of MPs over HTTP, every answer checked: demo, smoke test and example client in one."""

from apps.backoffice.journeys.scenarios import SCENARIOS, Scenario
from apps.backoffice.journeys.walk import Step, StepFailed, Walk

__all__ = ["SCENARIOS", "Scenario", "Step", "StepFailed", "Walk"]
