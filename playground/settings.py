"""Settings of Playground. Each variable is explained in docs/configuration.md, a test compares both."""

import pathlib
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from django.utils.translation import gettext_lazy

from playground import env

BASE_DIR = pathlib.Path(__file__).resolve().parent.parent
PRODUCT_NAME = "Playground"

# --- Where things are kept -------------------------------------------------------------------
DATA_DIR = pathlib.Path(env.text("PLAYGROUND_DATA", str(BASE_DIR / "data")))
PRODUCTION = env.flag("PLAYGROUND_PRODUCTION")
DEBUG = env.flag("PLAYGROUND_DEBUG")
SECRET_KEY = env.kept_secret("SECRET_KEY", DATA_DIR / "keys" / "secret_key", not PRODUCTION)
# Keys of providers are encrypted under these, newest first; kept outside the database.
PROVIDER_KEY_SECRETS = [
    part for part in env.kept_secret("PROVIDER_KEY_SECRET", DATA_DIR / "keys" / "provider_key", not PRODUCTION).split(",") if part
]
SETUP_TOKEN_FILE = DATA_DIR / "keys" / "setup_token"
SETUP_TOKEN = env.text("SETUP_TOKEN")

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
HTTPS = env.flag("PLAYGROUND_HTTPS", PRODUCTION)

# --- Applications ----------------------------------------------------------------------------
CAPABILITIES = [
    "apps.chat", "apps.images", "apps.transcription", "apps.speech", "apps.moderation", "apps.similarity", "apps.files", "apps.catalog",
    "apps.completions",
]  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "django_htmx",
    "lucide",
    "apps.core",
    "apps.accounts",
    "apps.providers",
    "apps.runs",
    *CAPABILITIES,
    "apps.setup",
    "playground.apps.PlaygroundConfig",
]
MIDDLEWARE = [
    "apps.core.middleware.SecurityHeaders",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.accounts.browsers.NoteBrowser",
    "apps.accounts.time_zones.PersonsTime",
    # Last and synchronous on purpose: it makes all before it synchronous too, so that a page costs one
    # change of thread, not two for each of them.
    "apps.accounts.middleware.CurrentMembership",
]
ROOT_URLCONF = "playground.urls"
ASGI_APPLICATION = "playground.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.core.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "apps.core.templatetags.icons",
                "apps.core.templatetags.core",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# --- Database --------------------------------------------------------------------------------
def database_from_url(url: str) -> dict[str, Any]:
    """Django's settings for `sqlite:///path` or `postgresql://user:password@host:port/name`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": parts.path if parts.netloc == "" else f"{parts.netloc}{parts.path}",
            "CONN_MAX_AGE": 0,
            "OPTIONS": {
                # A writer takes its lock at BEGIN and waits, instead of failing half-way.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # WAL lets pages be read while a worker writes; NORMAL is safe with it.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;"
                "PRAGMA journal_size_limit=27103364; PRAGMA cache_size=-2000; PRAGMA temp_store=MEMORY;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": parts.port or "",
            "CONN_MAX_AGE": 0,
            "OPTIONS": {"pool": {"min_size": 1, "max_size": env.number("DATABASE_POOL", 20), "timeout": 20}},
        }
    raise env.BadSetting("DATABASE_URL starts with sqlite:/// or postgresql://.")


DATABASES = {"default": database_from_url(env.text("DATABASE_URL", f"sqlite:///{quote(str(DATA_DIR / 'playground.sqlite3'))}"))}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["NAME"] = unquote(DATABASES["default"]["NAME"])

# Only throttling needs a cache that all processes share, and a lost Redis must not close the door.
# Room for many guessers: when it is full Django forgets a third of all counters, also of those who are just being slowed down.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- Redis and Celery ------------------------------------------------------------------------
# `make run` leaves the address of its own server in the file.
REDIS_URL = env.text("REDIS_URL") or env.line_of(DATA_DIR / "keys" / "redis_url") or "redis://127.0.0.1:6379/0"
REDIS_PREFIX = env.text("REDIS_PREFIX", "playground")
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": f"{REDIS_PREFIX}:celery:",
    "visibility_timeout": 12 * 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_STORE_ERRORS_EVEN_IF_IGNORED = False
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_DEFAULT_QUEUE = "runs"
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A worker's threads keep their connections: opening SQLite costs more than a question does. PostgreSQL has a pool.
    CELERY_DB_REUSE_MAX = 1_000_000
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")

# --- Bounds of a run, in seconds, bytes and counts (reliability promises) --------------------
RUN_FIRST_BYTE_TIMEOUT = env.seconds("RUN_FIRST_BYTE_TIMEOUT", 120)
RUN_SILENCE_TIMEOUT = env.seconds("RUN_SILENCE_TIMEOUT", 120)
RUN_TOTAL_TIMEOUT = env.seconds("RUN_TOTAL_TIMEOUT", 900)
RUN_BACKGROUND_TIMEOUT = env.seconds("RUN_BACKGROUND_TIMEOUT", 30 * 60)
RUN_MAX_ANSWER_BYTES = env.number("RUN_MAX_ANSWER_BYTES", 64 * 1024 * 1024)
RUN_LEASE = env.seconds("RUN_LEASE", 30)
RUN_LEASE_RENEW = env.seconds("RUN_LEASE_RENEW", 5)
RUN_SWEEP_EVERY = env.seconds("RUN_SWEEP_EVERY", 15)
RUN_QUEUE_LIMIT = env.seconds("RUN_QUEUE_LIMIT", 24 * 3600)
RUN_SAVE_EVERY = env.seconds("RUN_SAVE_EVERY", 2)
RUN_SAVE_BYTES = env.number("RUN_SAVE_BYTES", 2048)
RUN_MAX_TRIES = env.number("RUN_MAX_TRIES", 3)
RUN_MAX_ACTIVE = env.number("RUN_MAX_ACTIVE", 100)
RUN_MAX_RETRY_WAIT = env.seconds("RUN_MAX_RETRY_WAIT", 60)
RUN_SHUTDOWN_GRACE = env.seconds("RUN_SHUTDOWN_GRACE", 25)
WORKER_THREADS = env.number("WORKER_THREADS", 256)
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "runs.sweep", "schedule": RUN_SWEEP_EVERY, "options": {"expires": RUN_SWEEP_EVERY, "queue": "sweep"}},
    "check_providers": {"task": "runs.check_providers", "schedule": 60, "options": {"expires": 60, "queue": "sweep"}},
}

# --- The built-in provider -------------------------------------------------------------------
ENGINES_PORT = env.number("ENGINES_PORT", 8010)
ENGINES_URL = env.text("ENGINES_URL", f"http://127.0.0.1:{ENGINES_PORT}/v1")
ENGINES_KEY_FILE = DATA_DIR / "keys" / "engines_key"

# --- Accounts --------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "apps.accounts.adapter.ClosedSignup"
ACCOUNT_FORMS = {"login": "apps.accounts.forms.SignIn", "change_password": "apps.accounts.forms.NewPassword"}
FORM_RENDERER = "apps.core.forms.Renderer"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_RATE_LIMITS = {
    "setup_token": "10/m/ip,100/h/ip",
    "invitation": "20/m/ip,200/h/ip",
    "provider_test": "20/m/user",
    "shared_chat": "60/m/ip,600/h/ip",  # copies that strangers read: a long one costs the server a second
}
# Throttling counts by the address of the browser; behind a proxy that is the one it names last.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.flag("BEHIND_PROXY") else 0

# --- Mail: only for forgotten passwords; without a host they are set on the server -----------
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_TLS", True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "playground@localhost")

# --- Security --------------------------------------------------------------------------------
SESSION_ENGINE = "apps.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "playground_session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "playground_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "apps.core.views.csrf_failure"
SECURE_SSL_REDIRECT = False  # the reverse proxy redirects
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY") else None
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 0)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = env.number("MAX_FORM_BYTES", 8 * 1024 * 1024)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
MAX_RECORDING_BYTES = env.number("MAX_RECORDING_BYTES", 2 * 1024 * 1024 * 1024)
MAX_RECORDING_SECONDS = env.seconds("MAX_RECORDING_SECONDS", 12 * 3600)
RECORDING_PIECE_BYTES = 4 * 1024 * 1024  # a recording comes in pieces of that size
# Without scripts it comes in one request, which is written to the disk twice.
PLAIN_RECORDING_BYTES = min(MAX_RECORDING_BYTES, 256 * 1024 * 1024)
MAX_FILE_BYTES = env.number("MAX_FILE_BYTES", 8 * 1024 * 1024 * 1024)  # of Files: no provider takes more
FILE_PIECE_BYTES = env.number("FILE_PIECE_BYTES", 8 * 1024 * 1024)  # a file comes, and lies in the storage, in pieces of that size
FILE_WHOLE_BYTES = env.number("FILE_WHOLE_BYTES", 512 * 1024 * 1024)  # what goes to a provider in one call: OpenAI's limit of POST /files
FILE_PART_BYTES = env.number("FILE_PART_BYTES", 64 * 1024 * 1024)  # of larger ones, by POST /uploads/…/parts; whole pieces
PLAIN_FILE_BYTES = min(MAX_FILE_BYTES, 256 * 1024 * 1024)  # without scripts it comes in one request
MAX_IMPORT_BYTES = env.number("MAX_IMPORT_BYTES", 256 * 1024 * 1024)  # of an export of chats: it comes in one request
# What may be posted to addresses that take files, by a pattern of the whole path, and what a person does about more of it;
# everywhere else it is the size of a form.
MAX_TABLE_BYTES = env.number("MAX_TABLE_BYTES", 64 * 1024 * 1024)
LESS_SOUND = gettext_lazy("With scripts a recording may be larger. Else save it with fewer kilobits per second, or send one at a time.")
LARGER_BODIES = {
    # The first pattern that fits counts.
    r"/chat/import/": (MAX_IMPORT_BYTES, gettext_lazy("Unpack the file, and send only conversations.json out of it.")),
    r"/chat/([^/]+/)?(attach/)?": (
        env.number("MAX_ATTACHMENT_BYTES", 50 * 1024 * 1024),
        gettext_lazy("Attach fewer files at once, or smaller ones."),
    ),
    r"/images/(upload|[^/]+/(edit|mask|variations))/": (
        env.number("MAX_PICTURE_BYTES", 50 * 1024 * 1024),
        gettext_lazy("Save the picture with fewer pixels, or as JPEG, and send it again."),
    ),
    r"/transcribe/recordings/[^/]+/pieces/[^/]+/": (RECORDING_PIECE_BYTES, LESS_SOUND),
    r"/transcribe/upload/": (PLAIN_RECORDING_BYTES, LESS_SOUND),
    r"/files/[^/]+/pieces/[^/]+/": (FILE_PIECE_BYTES, gettext_lazy("Reload the page and choose the file again.")),
    r"/files/upload/": (PLAIN_FILE_BYTES, gettext_lazy("Bring larger files from a browser with scripts, where they come in pieces.")),
    r"/safety/(preview/)?": (MAX_TABLE_BYTES, gettext_lazy("Cut the list into parts, or send fewer pictures at once.")),
    r"/similarity/(preview/)?": (MAX_TABLE_BYTES, gettext_lazy("Cut the list into parts.")),
}

# --- Files -----------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = pathlib.Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "apps.core.finders.PackageFileFinder",
]
SERVESTATIC_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = DATA_DIR / "files"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"},
}
if env.text("S3_BUCKET"):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.text("S3_BUCKET"),
            "endpoint_url": env.text("S3_ENDPOINT") or None,
            "access_key": env.text("S3_ACCESS_KEY") or None,
            "secret_key": env.text("S3_SECRET_KEY") or None,
            "region_name": env.text("S3_REGION") or None,
            "default_acl": None,
            "querystring_auth": True,
        },
    }

# --- Language and time -----------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "UTC")

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "apps.core.logs.OneLineFormatter", "format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        # Two lines for each message, and one of them is the sweep of every quarter of a minute.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
