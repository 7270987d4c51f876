"""Settings of the site. What differs between installations is read by `crm.config`."""

import datetime as dt
import os
import sys
from pathlib import Path

import django_stubs_ext
import environ
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from crm import config
from outbox.policy import Policy

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
environ.Env.read_env(os.environ.get("ENV_FILE", str(BASE_DIR / ".env")))
CONFIG = config.read(os.environ, BASE_DIR)

SECRET_KEY = config.secret_key(CONFIG.var_dir)
DEBUG = CONFIG.debug
SITE_URL = CONFIG.site_url
ALLOWED_HOSTS = [CONFIG.site_host, "127.0.0.1", "localhost", "[::1]", *CONFIG.allowed_hosts]
CSRF_TRUSTED_ORIGINS = [CONFIG.site_url]
SEPARATE_DUTIES = CONFIG.separate_duties
ZONE_NAME = CONFIG.zone_name
TRUSTED_PROXIES = CONFIG.trusted_proxies

INSTALLED_APPS = [
    "crm",
    "desk",
    "reports",
    "ledgers",
    "reminders",
    "activities",
    "projects",
    "events",
    "parks",
    "companies",
    "documents",
    "outbox",
    "accounts",
    "audit",
    "core",
    "crm.apps.SiteAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "simple_history",
    "import_export",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "axes",
]

MIDDLEWARE = [
    "crm.middleware.TrustedProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "audit.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "accounts.middleware.FirstPasswordMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "desk.context.site",
            ],
        },
    },
]

DATABASES = {"default": CONFIG.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:login"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # an invitation lives three days

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["crm.formats"]

STATIC_URL = "static/"
STATIC_ROOT = CONFIG.var_dir / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # empty unless collectstatic is used: whitenoise serves from the apps
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
MEDIA_ROOT = CONFIG.var_dir / "media"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.https else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
}

MAILERS = {"default": CONFIG.mailer}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = CONFIG.mail_from
DELIVERY = Policy()
ROBOT_HOSTS = CONFIG.robot_hosts  # to which robots may post besides their vendors', as scheme://host:port
ROBOT_TIMEOUT = 5  # seconds
AUTO_REPORT_UP = os.environ.get("AUTO_REPORT_UP", "0") == "1"  # off: what goes to leaders waits for the manager
DIGEST_UNTIL = dt.time(18, 0)  # what comes later waits for the next working day

SIMPLE_HISTORY_REVERT_DISABLED = True
SIMPLE_HISTORY_DATE_INDEX = False
SIMPLE_HISTORY_ENFORCE_HISTORY_MODEL_PERMISSIONS = False

# Days without an effective contact after which a project counts as silent, by its grade.
SILENT_AFTER_DAYS = {"A": 7, "B": 14, "C": 30}

# Reports of progress: a week ends on this weekday (Monday is 0) at PROGRESS_CLOSES_AT, when the next begins;
# its reports are due that day at PROGRESS_DUE_AT, on a day off the working day before.
PROGRESS_WEEKDAY = 4
PROGRESS_CLOSES_AT = dt.time(12, 0)
PROGRESS_DUE_AT = dt.time(10, 0)
PROGRESS_ALIKE = 90  # per cent of the letters, without dates and figures, from which a report repeats the last one

# Says why what is counted in a month may no longer change, or "" (`projects.months`).
MONTH_LOCK = "reports.services.periods.refusal"

SEED_ARTICLE = os.environ.get("SEED_ARTICLE", "")

METRICS_TOKEN = CONFIG.metrics_token
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"context": {"()": "crm.logs.Context"}},
    "formatters": {"plain": {"()": "crm.logs.Plain"}, "json": {"()": "crm.logs.Json"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": CONFIG.log_format,
            "filters": ["context"],
            "stream": sys.stderr,
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"outbox": {"level": "INFO"}, "reminders": {"level": "INFO"}},
}
