"""The WSGI application served by granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tomp_backoffice.settings")

application = get_wsgi_application()
