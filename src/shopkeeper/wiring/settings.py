"""Django's settings, read once at the start. What a person may set stands in one table, `kit/settings.py`; every value comes through it."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from shopkeeper.kit.configuration import Configuration
from shopkeeper.kit.settings import SETTINGS
from shopkeeper.wiring import logs

environment = Configuration(SETTINGS, os.environ)

PACKAGE = Path(__file__).resolve().parent.parent
DATA_DIR = Path(environment.text("DATA_DIR") or "data").expanduser().resolve()
PORT = environment.number("PORT")
DEBUG = environment.flag("DEBUG")


NOT_A_SECRET = "not-a-secret-and-refused-by-the-web-server-" + "x" * 20


def _secret_key() -> str:
    if key := environment.text("SECRET_KEY"):
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
        "TEST": {"TEMPLATE": environment.text("TEST_TEMPLATE") or None, "NAME": environment.text("TEST_DATABASE_NAME") or None},
    }


SECRET_KEY = _secret_key()
DATABASES = {"default": _database(environment.text("DATABASE_URL") or "postgresql:///shopkeeper")}
DATABASE_URL = environment.text("DATABASE_URL")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS")
PUBLIC_URL = (environment.text("PUBLIC_URL") or f"http://127.0.0.1:{PORT}").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "shopkeeper.ops.access",
    "shopkeeper.ops.approvals",
    "shopkeeper.ops.audit",
    "shopkeeper.ops.imports",
    "shopkeeper.ops.jobs",
    "shopkeeper.ops.requests",
    "shopkeeper.ops.limits",
    "shopkeeper.events",
    "shopkeeper.selling.shop",
    "shopkeeper.selling.catalog",
    "shopkeeper.selling.search",
    "shopkeeper.selling.customers",
    "shopkeeper.selling.content",
    "shopkeeper.selling.media",
    "shopkeeper.selling.reviews",
    "shopkeeper.selling.wishes",
    "shopkeeper.selling.promotions",
    "shopkeeper.selling.pricing",
    "shopkeeper.selling.inventory",
    "shopkeeper.selling.orders",
    "shopkeeper.selling.payments",
    "shopkeeper.insight.lake",
    "shopkeeper.insight.metrics",
    "shopkeeper.growth.messages",
    "shopkeeper.growth.links",
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
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    # First, so that it sees every request as it comes and every answer as it leaves.
    "shopkeeper.ops.monitoring.watched.Watched",
    "django.middleware.security.SecurityMiddleware",
    # Pictures and videos are answered here: no session, no language, and nothing packed twice.
    "shopkeeper.doors.storefront.files.Files",
    "django.middleware.gzip.GZipMiddleware",
    "shopkeeper.doors.storefront.security.StorefrontSecurity",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Last, so that a forged form is refused before it counts.
    "shopkeeper.doors.storefront.limits.Limits",
]

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
STATIC_ROOT = Path(environment.text("STATIC_ROOT") or DATA_DIR / "static")
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
LAKE_DIR = DATA_DIR / "lake"
BACKUP_DIR = Path(environment.text("BACKUP_DIR") or DATA_DIR / "backups").expanduser().absolute()

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["shopkeeper.ops.access.backend.StaffBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/console/login/"
# Second factors are kept by allauth; none of its pages is reachable, ours stand in doors/console.
MFA_ADAPTER = "shopkeeper.ops.access.sealing.Sealed"
MFA_RECOVERY_CODE_DIGITS = 10
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None

CSRF_FAILURE_VIEW = "shopkeeper.doors.storefront.errors.stale_form"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail previews its own pages in a frame.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000


STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET = environment.all_or_none("stripe")
STRIPE_API_URL = environment.text("STRIPE_API_URL").rstrip("/")
ALIPAY_APP_ID, ALIPAY_PRIVATE_KEY_FILE, ALIPAY_PUBLIC_KEY_FILE = environment.all_or_none("alipay")
ALIPAY_GATEWAY = environment.text("ALIPAY_GATEWAY")
WECHAT_MCH_ID, WECHAT_APP_ID, WECHAT_SERIAL_NO, WECHAT_PRIVATE_KEY_FILE, WECHAT_API_V3_KEY, WECHAT_PLATFORM_CERT_FILE = (
    environment.all_or_none("wechat")
)
WECHAT_PUBLIC_KEY_ID = environment.text("WECHAT_PUBLIC_KEY_ID")
WECHAT_API_URL = environment.text("WECHAT_API_URL").rstrip("/")
TEST_PAYMENTS = environment.flag("TEST_PAYMENTS")
MOST_UNPAID_ORDERS = environment.number("MOST_UNPAID_ORDERS")
MOST_UNPAID_UNITS = environment.number("MOST_UNPAID_UNITS")
PAYMENT_NOTIFY_URL = PUBLIC_URL + "/api/v1/webhooks/{provider}"
ORDER_PAGE_URL = PUBLIC_URL + "/{language}/orders/{token}/?thanks=1"


def _email() -> dict[str, object]:
    url = urlsplit(environment.text("SMTP_URL"))
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
SEARCH_URL = environment.text("SEARCH_URL")
SEARCH_CA_FILE = environment.text("SEARCH_CA_FILE")
BOUNCE_SECRET = environment.text("BOUNCE_SECRET")
SMS_GATEWAY_URL, SMS_GATEWAY_KEY = environment.all_or_none("sms")
SMS_TERMINAL = environment.flag("SMS_TERMINAL")
BOUNCE_MAILBOX = environment.text("BOUNCE_MAILBOX")

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

LOGGING = logs.configuration(level=environment.text("LOG_LEVEL"), form=environment.text("LOG_FORMAT"))

METRICS_TOKEN = environment.text("METRICS_TOKEN")
METRICS_DIR = DATA_DIR / "metrics"
