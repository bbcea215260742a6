"""Settings of Django, from the environment.

TAWTEEN_DATA    folder of the workspace
DATABASE_URL    PostgreSQL in place of SQLite: postgresql://USER:PASSWORD@HOST/NAME
TAWTEEN_ORIGIN  address under which browsers reach the workspace through a proxy: https://workspace.example
TAWTEEN_CLUSTER address of a Dask cluster that shares the work of large runs: tcp://HOST:8786
TAWTEEN_HOST    address that the server listens at, which browsers may then use too
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tawteen.web.data_folder import DataFolder
from tawteen.web.database import database_settings
from tawteen.web.params import SERVER, SIGN_IN
from tawteen.web.security_log import SECURITY_LOGGER
from tawteen.words import LANGS

_HERE = Path(__file__).parent
_FOLDER = DataFolder(Path(os.environ.get("TAWTEEN_DATA", "workspace")))
_ORIGIN = os.environ.get("TAWTEEN_ORIGIN", "").rstrip("/")
BEHIND_TLS = _ORIGIN.startswith("https://")

DATA_FOLDER = _FOLDER
CLUSTER = os.environ.get("TAWTEEN_CLUSTER", "")
IS_DEMO = _FOLDER.demo_mark.exists()
DEBUG = False
SECRET_KEY = _FOLDER.secret()
DATABASES = {"default": database_settings(os.environ.get("DATABASE_URL", ""), _FOLDER.database)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS: list[str] = []
if _ORIGIN:
    ALLOWED_HOSTS.append(_ORIGIN.partition("://")[2].partition(":")[0])
    CSRF_TRUSTED_ORIGINS.append(_ORIGIN)
if _LISTENS := os.environ.get("TAWTEEN_HOST"):
    ALLOWED_HOSTS.append(f"[{_LISTENS}]" if ":" in _LISTENS else _LISTENS)

INSTALLED_APPS = [
    "tawteen.web.log",
    "tawteen.web.accounts",
    "tawteen.web.registry",
    "tawteen.web.snapshots",
    "tawteen.web.survey",
    "tawteen.web.overview",
    "tawteen.web.programmes",
    "django_tasks",
    "django_tasks_db",
    "tawteen.web.imports",
    "tawteen.web.tours",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "tawteen.web.response_headers.headers_of_every_answer",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "tawteen.web.language.language_of_request",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tawteen.web.accounts.sessions.end_old_session",
    "tawteen.web.accounts.known_browsers.keep_known_browser",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tawteen.web.refusals.without_null",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "tawteen.web.urls"
WSGI_APPLICATION = "tawteen.web.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "templates"],
        "OPTIONS": {
            "builtins": ["tawteen.web.template_words"],
            "context_processors": [
                "django.template.context_processors.request",
                "tawteen.web.language.words_of_request",
                "tawteen.web.language.demo_of_request",
                "tawteen.web.access.person_of_request",
                "tawteen.web.navigation.navigation_of_request",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["tawteen.web.accounts.sign_in.AccountBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
SESSION_ENGINE = "tawteen.web.accounts.sessions"
SESSION_COOKIE_AGE = SIGN_IN.session
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [(lang, lang) for lang in LANGS]

# Each view has a queue of its own, so that any name of a queue is allowed.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

STATIC_URL = "/static/"
STATICFILES_DIRS = [_HERE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = SERVER.static_age

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "base-uri": ["'none'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "img-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "tawteen.web.refusals.csrf_failure"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
LANGUAGE_COOKIE_NAME = "language"
BROWSER_COOKIE_NAME = "browser"
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = ["^health$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    # Browsers take such names from this host alone, and only encrypted.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    LANGUAGE_COOKIE_NAME = "__Host-language"
    BROWSER_COOKIE_NAME = "__Host-browser"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # Addresses of refused requests hold the codes of invitations: only faults are written.
        "django.request": {"level": "ERROR"},
        SECURITY_LOGGER: {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
