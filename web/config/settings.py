"""Django's settings, derived from one frozen `Lab` (config/env.py).

Without any service variable set the site runs alone: SQLite, local memory, the file system.
"""

import os
import socket
import sys
from pathlib import Path
from typing import Any

from .env import read_or_exit

BASE_DIR = Path(__file__).resolve().parent.parent

# `sys.exit` with a text prints that one line and no traceback: gunicorn, manage.py and the
# one-shot init service all stop at start with it.
LAB = read_or_exit(os.environ, sys.exit)

SECRET_KEY = LAB.secret_key
DEBUG = LAB.debug


def own_addresses() -> list[str]:
    """This machine's, by which Prometheus asks each replica."""
    try:
        return socket.gethostbyname_ex(socket.gethostname())[2]
    except OSError:  # a laptop between two networks: nobody asks for its figures
        return []


ALLOWED_HOSTS = [*LAB.hosts, *own_addresses()]
CSRF_TRUSTED_ORIGINS = list(LAB.origins)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "caching",
    "clinic",
    "content",
    "counting",
    "freshness",
    "magazine",
    "trials",
]

MIDDLEWARE = [
    "config.request_metrics.RequestMetrics",
    "django.middleware.security.SecurityMiddleware",
    # Outermost of what writes to a response: it sees every header the others set.
    "caching.middleware.PageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    # Anonymous readers' sessions stay untouched, so their pages don't vary by cookie.
    "config.middleware.AuthenticationMiddleware",
    "config.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Takes itself out unless LAB_SLOWDOWN asks for it.
    "trials.slowdown.SlowdownMiddleware",
]

if DEBUG:
    INSTALLED_APPS += ["debug_toolbar"]
    MIDDLEWARE = [
        "config.debug.NeverKept",
        "debug_toolbar.middleware.DebugToolbarMiddleware",
        *MIDDLEWARE,
    ]
    # Not the panels that look at whose page it is: they would make what is everybody's private, which
    # the site refuses (config/middleware.py).
    DEBUG_TOOLBAR_PANELS = [
        "debug_toolbar.panels.timer.TimerPanel",
        "debug_toolbar.panels.sql.SQLPanel",
        "config.debug.PoliciesPanel",
        "debug_toolbar.panels.cache.CachePanel",
    ]
    DEBUG_TOOLBAR_CONFIG: dict[str, Any] = {
        "SHOW_TOOLBAR_CALLBACK": "config.debug.show_toolbar",
        # Whichever replica is asked for what another has recorded finds it.
        "TOOLBAR_STORE_CLASS": "debug_toolbar.store."
        + ("DatabaseStore" if LAB.database_host else "MemoryStore"),
        "RENDER_PANELS": True,
    }

if LAB.log_format == "json":
    MIDDLEWARE = ["config.logs.RequestLog", *MIDDLEWARE]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES: dict[str, Any] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": LAB.database_host,
        "NAME": LAB.database_name,
        "USER": "lab",
        "PASSWORD": LAB.database_password,
        # One pool a process, opened after the fork; a request borrows and gives back.
        "OPTIONS": {"pool": {"min_size": 1, "max_size": LAB.database_pool, "timeout": 10}},
    }
    if LAB.database_host
    else {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Django's own cache framework holds nothing of the site: policies do (caching/).
BACKENDS = "django.core.cache.backends"
CACHES: dict[str, Any] = {"default": {"BACKEND": f"{BACKENDS}.dummy.DummyCache"}}


def django_cache(name: str, host: str | None) -> dict[str, Any]:
    """Django's own backend of the kind in force; for the clinic, which misuses it (clinic/)."""
    kind: dict[str, Any]
    match LAB.upstream:
        case "redis" if host:
            # A database of its own, so that emptying it empties nothing else.
            kind = {"BACKEND": f"{BACKENDS}.redis.RedisCache", "LOCATION": f"redis://{host}/1"}
        case "memcached" if host:
            kind = {"BACKEND": f"{BACKENDS}.memcached.PyMemcacheCache", "LOCATION": f"{host}:11211"}
        case _:
            # As soon full as the clinic's own servers are.
            full = {"MAX_ENTRIES": 100}
            kind = {"BACKEND": f"{BACKENDS}.locmem.LocMemCache", "LOCATION": name, "OPTIONS": full}
    return {**kind, "KEY_PREFIX": name}


# One field of `Lab` for each use's switch, under the use's own name.
USES = ("properties", "compiled", "fragments", "generated", "aggregates", "syndicated")
CACHING: dict[str, Any] = {
    "store": LAB.upstream,
    "host": LAB.memcached_host if LAB.upstream == "memcached" else LAB.redis_host,
    "uses": frozenset(use for use in USES if getattr(LAB, use)),
    "freshness": LAB.freshness,
    "ttl": LAB.ttl,
    "purge_urls": LAB.purge_urls,
    "purge_token": LAB.purge_token,
}

# Beside the site's values, and on a server that is soon full.
CACHES["clinic"] = django_cache("clinic", CACHING["host"])
CACHES["clinic-small"] = django_cache("clinic-small", LAB.clinic_host)
# Where the clinic's people visit the site, through every layer of it.
CLINIC_SITE = LAB.clinic_site

AUTH_USER_MODEL = "magazine.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static_root"
MEDIA_URL = "/media/"
MEDIA_ROOT = BASE_DIR / "media_root"

# An upload over this is refused before it is stored; nginx refuses a little later (12 MB).
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000


def s3(location: str) -> dict[str, Any]:
    """Options of django-storages for one folder of the bucket, whose names are never reused."""
    return {
        "bucket_name": LAB.s3_bucket,
        "endpoint_url": LAB.s3_endpoint,
        "access_key": LAB.s3_access_key,
        "secret_key": LAB.s3_secret_key,
        "region_name": "us-east-1",
        "addressing_style": "path",
        "location": location,
        "querystring_auth": False,
        "file_overwrite": True,
        "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
    }


STORAGES: dict[str, Any] = (
    {
        "default": {"BACKEND": "config.storage.MediaStorage", "OPTIONS": s3("media")},
        "staticfiles": {"BACKEND": "config.storage.StaticStorage", "OPTIONS": s3("static")},
    }
    if LAB.s3_endpoint
    else {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
)

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SAMESITE = "Lax"
# A message may be shown in a part of a page, which can't take back a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(levelname)s %(name)s: %(message)s"},
        "json": {"()": "config.logs.JsonLines"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LAB.log_format}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Django's own handlers would say the same again, without a request's name.
        "django": {"handlers": [], "level": "INFO"},
        # botocore tells where it found its credentials at every start.
        "botocore": {"level": "WARNING"},
        # A retry is told by whoever asked, once.
        "urllib3": {"level": "ERROR"},
    },
}
