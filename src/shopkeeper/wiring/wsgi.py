"""The WSGI application that granian serves."""

import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopkeeper.wiring.settings")
application = get_wsgi_application()

from shopkeeper.wiring.settings import NOT_A_SECRET, SECRET_KEY  # noqa: E402 - settings are read by Django first

if SECRET_KEY == NOT_A_SECRET:
    raise ImproperlyConfigured("SECRET_KEY is missing: set it, or name in DATA_DIR the folder that holds the shop's own secret_key")
