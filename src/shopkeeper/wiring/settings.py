"""Django's settings, read once from the environment; a person sets only what `docs/guide` names.

DATA_DIR        folder of everything this shop keeps (database, lake, media, secret key)
DATABASE_URL    postgresql://… of the database; the command line sets it to the embedded server when absent
PORT            port of the web server on the loopback address
ALLOWED_HOSTS   comma-separated host names the shop answers to
PUBLIC_URL      address under which shoppers reach the shop, used in mails
SMTP_URL        smtp://user:password@host:port (smtps:// for TLS); absent: mails are written to the console
SECRET_KEY      absent: read from DATA_DIR/secret_key
DEBUG           1 while developing
"""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.translation import gettext_lazy as _

PACKAGE = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR", "data")).resolve()
PORT = int(os.environ.get("PORT", "8000"))
DEBUG = os.environ.get("DEBUG") == "1"


NOT_A_SECRET = "not-a-secret-and-refused-by-the-web-server-" + "x" * 20


def _secret_key() -> str:
    if key := os.environ.get("SECRET_KEY"):
        return key
    stored = DATA_DIR / "secret_key"
    if stored.exists():
        return stored.read_text().strip()
    # Commands that never sign anything (checks, migrations) may run before the folder exists; the web server refuses to.
    return NOT_A_SECRET


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "shopkeeper",
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
        "TEST": {"TEMPLATE": os.environ.get("TEST_TEMPLATE") or None, "NAME": os.environ.get("TEST_DATABASE_NAME") or None},
    }


SECRET_KEY = _secret_key()
DATABASES = {"default": _database(os.environ.get("DATABASE_URL", "postgresql:///shopkeeper"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host]
PUBLIC_URL = os.environ.get("PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "shopkeeper.ops.access",
    "shopkeeper.ops.audit",
    "shopkeeper.ops.imports",
    "shopkeeper.ops.requests",
    "shopkeeper.events",
    "shopkeeper.selling.shop",
    "shopkeeper.selling.catalog",
    "shopkeeper.selling.search",
    "shopkeeper.selling.customers",
    "shopkeeper.selling.content",
    "shopkeeper.selling.pricing",
    "shopkeeper.selling.inventory",
    "shopkeeper.selling.orders",
    "shopkeeper.selling.payments",
    "shopkeeper.insight.lake",
    "shopkeeper.insight.metrics",
    "shopkeeper.growth.messages",
    "shopkeeper.flows",
    "shopkeeper.doors.storefront",
    "shopkeeper.doors.console",
    "shopkeeper.doors.api",
    "procrastinate.contrib.django",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.images",
    "wagtail.documents",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "taggit",
    "modelcluster",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "shopkeeper.doors.storefront.security.StorefrontSecurity",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Last, so that a forged form is refused before it counts.
    "shopkeeper.doors.storefront.limits.Limits",
]

# What the limits count, in each process's own memory: roomy, for a full cache forgets at random.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}}}

ROOT_URLCONF = "shopkeeper.wiring.urls"
WSGI_APPLICATION = "shopkeeper.wiring.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "jinja2",
        "DIRS": [PACKAGE / "doors/storefront/templates", PACKAGE / "growth/messages/templates"],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "shopkeeper.doors.storefront.jinja.environment", "extensions": ["jinja2.ext.i18n"]},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("简体中文"))]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", DATA_DIR / "static"))
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
LAKE_DIR = DATA_DIR / "lake"

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/console/login/"

CSRF_FAILURE_VIEW = "shopkeeper.doors.storefront.errors.stale_form"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail previews its own pages in a frame.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000


def _email() -> dict[str, object]:
    url = urlsplit(os.environ.get("SMTP_URL", ""))
    if not url.hostname:
        return {"EMAIL_BACKEND": "shopkeeper.growth.messages.terminal.EmailBackend"}
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": url.hostname,
        "EMAIL_PORT": url.port or (465 if url.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_SSL": url.scheme == "smtps",
        "EMAIL_USE_TLS": url.scheme == "smtp" and bool(url.username),
        "EMAIL_TIMEOUT": 15,
    }


globals().update(_email())

WAGTAIL_SITE_NAME = "Shopkeeper"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_I18N_ENABLED = False
WAGTAILADMIN_PERMITTED_LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = True

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = None
PROCRASTINATE_IMPORT_PATHS = ["shopkeeper.wiring.schedule"]
PROCRASTINATE_ON_APP_READY = None

SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"route_only": {"()": "shopkeeper.wiring.logs.RouteOnly"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["route_only"]}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
