"""Django's settings, all out of the environment."""

from __future__ import annotations

from pathlib import Path

from ransel.store.database import databases, use_newer_sqlite

use_newer_sqlite()

import django_htmx  # noqa: E402 - Django must find the newer SQLite
import font_source_sans_pro  # noqa: E402
from csp.constants import NONE, SELF  # noqa: E402

from ransel.hospital.environment import read_environment  # noqa: E402

ENVIRONMENT = read_environment()
HERE = Path(__file__).parent

SECRET_KEY = ENVIRONMENT.secret or "no-secret-was-set-and-serving-is-refused"
DEBUG = False
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)
DEMO = ENVIRONMENT.demo

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_htmx",
    "ransel.store",
    "ransel.hospital.apps.HospitalConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ransel.hospital.visitors.LanguageMiddleware",
    "ransel.hospital.visitors.SessionLimits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "ransel.hospital.visitors.SecondFactorFirst",
    "ransel.hospital.visitors.PrivatePages",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "ransel.hospital.urls"
WSGI_APPLICATION = "ransel.hospital.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ransel.hospital.visitors.page_context",
            ],
            "builtins": ["ransel.hospital.templatetags.words"],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                ),
            ],
        },
    },
]

# data

DATABASES = databases(ENVIRONMENT.database)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"
ATOMIC_REQUESTS = False
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# people

AUTH_USER_MODEL = "store.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "ransel.hospital.accounts.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,10/5m/key"}
MFA_ADAPTER = "ransel.hospital.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Ransel"
USERSESSIONS_TRACK_ACTIVITY = True

AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = 0.25
"""Hours; the limit and the time are assumptions, long enough to stop guessing and short enough for a night shift."""
AXES_LOCKOUT_PARAMETERS = ["username"]
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
"""Locked out is the account and not the address: a whole hospital comes from one address."""
AXES_LOCKOUT_CALLABLE = "ransel.hospital.accounts.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address"]

# sessions

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_IDLE_S = 15 * 60
SESSION_AT_MOST_S = 12 * 3600
"""Idle and whole length of a session: assumptions; a shift, and a screen that somebody walked away from."""
SESSION_COOKIE_AGE = SESSION_AT_MOST_S
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "ransel.hospital.pages.errors.forged"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
EMERGENCY_ACCESS_S = 4 * 3600
"""How long emergency access lasts: an assumption."""

# what browsers are told

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if not DEMO:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = ENVIRONMENT.proxied
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if not host.startswith("[")]
    if ENVIRONMENT.proxied:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# words and files

LANGUAGE_CODE = ENVIRONMENT.language
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
USE_I18N = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [
    HERE / "static",
    ("htmx", Path(django_htmx.__file__).parent / "static" / "django_htmx"),
    ("fonts", Path(font_source_sans_pro.__file__).parent / "files"),
]
STATIC_ROOT = ENVIRONMENT.home / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# what is written down: ids, never names or values

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"axes": {"level": "ERROR"}, "ransel": {"level": "INFO"}},
}
