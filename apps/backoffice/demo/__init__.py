"""A demo operator: shared bikes and e-scooters in Utrecht, made by code from a fixed random seed.

Places are public squares and streets; names, addresses, keys and plates belong to nobody.
"""

from apps.backoffice.demo.loader import is_loaded, load
from apps.backoffice.demo.partners import MAAS_IDS

__all__ = ["MAAS_IDS", "is_loaded", "load"]
