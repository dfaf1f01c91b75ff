"""The web process: Django under uvicorn."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
