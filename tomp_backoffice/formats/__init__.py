"""How the admin writes days and moments: Django's FORMAT_MODULE_PATH."""
