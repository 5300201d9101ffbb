"""All process identifiers."""

MODULES = ("operatorInformation", "planning", "booking", "tripExecution", "support", "payment", "general")
