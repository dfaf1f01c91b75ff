"""Settings of the tests: everything in a folder of their own, nothing from the developer's environment."""

import os
import pathlib
import tempfile

_data = os.environ.setdefault("PLAYGROUND_TEST_DATA", tempfile.mkdtemp(prefix="playground-tests-"))
os.environ["PLAYGROUND_DATA"] = _data
os.environ["PLAYGROUND_ENV_FILE"] = os.devnull
os.environ.setdefault("DATABASE_URL", f"sqlite:///{pathlib.Path(_data) / 'tests.sqlite3'}")

from playground.settings import *  # noqa: E402, F403

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A file, not memory: threads of the executor are other connections, as in the product. Nobody listens on the port.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": f"{_data}/tests-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.sqlite3"}  # noqa: F405
REDIS_URL = CELERY_BROKER_URL = "redis://127.0.0.1:9/0"
