"""The web process: Django under uvicorn."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from apps.core.bodies import BodyLimit  # noqa: E402  -- needs the settings

application = BodyLimit(django_application)
