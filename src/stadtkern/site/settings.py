"""Django's settings, derived from the city file and a handful of environment variables."""

import os
import secrets
from pathlib import Path

from csp.constants import NONE, SELF

from stadtkern.kernel import city as city_file
from stadtkern.kernel import registry
from stadtkern.site import database, logs

CITY = city_file.read(city_file.path_from_environment())
registry.configure(CITY)

DATA = Path(os.environ.get("STADTKERN_DATA", "var")).resolve()


def _secret() -> str:
    """STADTKERN_SECRET, or one kept in the data folder so that log-ins survive a restart."""
    if given := os.environ.get("STADTKERN_SECRET"):
        return given
    path = DATA / "secret"
    if not path.exists():
        DATA.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="utf-8")
    return path.read_text(encoding="utf-8")


SECRET_KEY = _secret()
DEBUG = False
ALLOWED_HOSTS = [*CITY.web.hosts]
USE_X_FORWARDED_HOST = False

INSTALLED_APPS = [
    "stadtkern.site.staff.admin_config.CityAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "stadtkern.kernel.people",
    "stadtkern.kernel.places",
    "stadtkern.kernel.jobs",
    "stadtkern.kernel.audit",
    "stadtkern.kernel.post",
    "stadtkern.kernel.things",
    "stadtkern.kernel.catalogue",
    "stadtkern.kernel.devices",
    "stadtkern.kernel.sensorthings",
    "stadtkern.kernel.alerts",
    "stadtkern.kernel.effects",
    "stadtkern.kernel.push",
    "stadtkern.kernel.payments",
    "stadtkern.kernel.bookings",
    "stadtkern.kernel.identity",
    "stadtkern.kernel.cases",
    "stadtkern.kernel.ui",
    *(system.package for system in registry.installed()),
    "stadtkern.site",
    "stadtkern.site.boards",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "stadtkern.site.packing.PackingMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "stadtkern.kernel.identity.sessions.SessionMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "stadtkern.site.switch.SwitchMiddleware",
]

ROOT_URLCONF = "stadtkern.site.urls"
ASGI_APPLICATION = "stadtkern.site.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "stadtkern.kernel.ui.context.site",
                "stadtkern.site.staff.menu.context",
            ],
        },
    }
]

DATABASES = {"default": database.settings(os.environ.get("DATABASE_URL", database.ADDRESS))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Account"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "stadtkern.kernel.identity.passwords.RepetitionValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "staff"
LOGOUT_REDIRECT_URL = "home"
CSRF_FAILURE_VIEW = "stadtkern.kernel.ui.errors.csrf_failed"

LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
LOCALE_PATHS = [
    Path(__file__).parent / "staff" / "locale",
    Path(__file__).parents[1] / "kernel" / "locale",
]
FORMAT_MODULE_PATH = "stadtkern.site.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = CITY.city.time_zone

STATIC_URL = "/static/"
# Served from the packages themselves: nothing to collect, so nothing to forget after an update.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "stadtkern.site.static_files.Versioned"},
}

EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER = CITY.mail.host, CITY.mail.port, CITY.mail.user
EMAIL_HOST_PASSWORD = os.environ.get(CITY.mail.password_env, "")
EMAIL_USE_TLS, EMAIL_USE_SSL = CITY.mail.security == "starttls", CITY.mail.security == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = CITY.mail.sender

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600  # staff and idle people sooner: kernel.identity.sessions
if CITY.web.https:
    # Browsers take such a cookie only from this host, over TLS, for all paths.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CITY.web.https
SECURE_HSTS_SECONDS = 31_536_000 if CITY.web.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CITY.web.https else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"


def _tile_hosts() -> list[str]:
    """The scheme and host of the city's tile address, for the content security policy."""
    scheme, _, rest = CITY.map.tiles.partition("://")
    return [f"{scheme}://{rest.partition('/')[0]}"] if rest else []


CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *_tile_hosts()],
        "connect-src": [SELF, *_tile_hosts()],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

STADTKERN_NAV = [("Dashboard", "dashboard")]

LOGGING_CONFIG = None
logs.configure()
