"""Settings of every process: web, worker, commands, tests. What the environment may say is in environment.py."""

from pathlib import Path
from typing import Any

import pghistory

from warmhandoff.foundation import keys, logins, postgres
from warmhandoff.web.site.environment import environment

# --- Where things are ---------------------------------------------------------------------------------------------
BASE_DIR = Path(__file__).resolve().parents[3]
VAR_DIR = Path(environment.text("WARMHANDOFF_VAR", str(BASE_DIR / "var"))).absolute()
ASSETS_DIR = VAR_DIR / "assets"  # brought from npm at set-up by `warmhandoff assets`
FONTS_DIR = VAR_DIR / "fonts"  # brought likewise, for letters; no page asks for them

# --- What this installation is ------------------------------------------------------------------------------------
DEMO = environment.flag("WARMHANDOFF_DEMO")  # set by `warmhandoff demo` alone
DEBUG = environment.flag("WARMHANDOFF_DEBUG")
STRICT = not (DEMO or DEBUG)
PLACE = environment.text("WARMHANDOFF_PLACE", "los_angeles")
PLACES_DIR = BASE_DIR / "warmhandoff" / "jurisdictions" / "places"
# Each link in a mail starts with it.
ROOT_URL = environment.text("WARMHANDOFF_URL", "http://127.0.0.1:8000").rstrip("/")
# Each link to an employer starts with this one instead: an address of its own, that doesn't say what the network is.
EMPLOYER_URL = environment.text("EMPLOYER_URL", ROOT_URL).rstrip("/")

# --- Keys: from the environment, else made once and kept in files only their owner can read -----------------------
SECRET_KEY = environment.text("SECRET_KEY") or keys.read_or_make(VAR_DIR / "keys", "secret_key")
# The answer links' HMAC key: outside the database, so that whoever reads the database can't make a link.
LINK_KEY = environment.text("LINK_KEY") or keys.read_or_make(VAR_DIR / "keys", "link_key")

# --- Database: one alias per login --------------------------------------------------------------------------------
LOGINS = {
    "default": ("DATABASE_URL", logins.APP),
    "owner": ("OWNER_DATABASE_URL", logins.OWNER),
    "reader": ("READER_DATABASE_URL", logins.READER),
    "employer": ("EMPLOYER_DATABASE_URL", logins.EMPLOYER),
    "eraser": ("ERASER_DATABASE_URL", logins.ERASER),
}
EMBEDDED_POSTGRES = not environment.text("DATABASE_URL")
POSTGRES_HOME = VAR_DIR / "postgres"


# Each row policy adds subqueries, so that planning takes longer than reading. The server keeps the plan of each statement that
# a connection sends a second time; it plans one anew where the values matter (the beginning of a name).
KEEP_PLANS = {"server_side_binding": True, "prepare_threshold": 1}


def _database(variable: str, login: str) -> dict[str, Any]:
    address: dict[str, Any]
    if EMBEDDED_POSTGRES:
        sockets = postgres.place_for(POSTGRES_HOME).sockets
        address = {"NAME": postgres.DATABASE, "USER": login, "HOST": str(sockets), "PORT": "", "OPTIONS": {}}
    else:
        address = environment.database(variable)
    options: Any = address["OPTIONS"]
    address["OPTIONS"] = {**KEEP_PLANS, **options}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": False,  # our own middleware holds the transaction open until the page is rendered
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "TIME_ZONE": "UTC",
        **address,
    }


DATABASES = {
    alias: _database(variable, login)
    for alias, (variable, login) in LOGINS.items()
    if EMBEDDED_POSTGRES or alias == "default" or environment.text(variable)
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {  # counters of attempts only; in the database, so that they hold for all web processes
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"},
}

# --- Apps ---------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "warmhandoff.web",  # before allauth: our templates win
    "warmhandoff.foundation",
    "warmhandoff.network",
    "warmhandoff.directory",
    "warmhandoff.participants",
    "warmhandoff.custody",
    "warmhandoff.referrals",
    "warmhandoff.labor_market",
    "warmhandoff.employers",
    "warmhandoff.casework",
    "warmhandoff.programs",
    "warmhandoff.demo",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "django_htmx",
]

# --- Requests -----------------------------------------------------------------------------------------------------
ROOT_URLCONF = "warmhandoff.web.site.urls"
WSGI_APPLICATION = "warmhandoff.web.site.wsgi.application"
ALLOWED_HOSTS = environment.listed("WARMHANDOFF_HOSTS", "127.0.0.1,localhost,[::1]")
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "warmhandoff.web.site.csp.BrowserRules",
    "warmhandoff.web.worksite.door.Employers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "warmhandoff.web.site.middleware.NoNullBytes",
    "warmhandoff.web.site.middleware.OneTransaction",  # from here inwards all is one transaction
    *(["warmhandoff.web.demo.middleware.VisitorsOfTheDemo"] if DEMO else []),
    "allauth.account.middleware.AccountMiddleware",
    "warmhandoff.web.site.middleware.DeclaredAccess",
]
FORM_RENDERER = "warmhandoff.web.forms.renderer.Renderer"
CSRF_FAILURE_VIEW = "warmhandoff.web.site.errors.csrf_failure"
TEMPLATES = [
    {
        "BACKEND": "warmhandoff.web.site.templates.Templates",
        "NAME": "django",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "warmhandoff.web.site.context.page",
            ],
        },
    },
]

# How often a page on which others act asks what is new (web/site/live.py), a fifth more or less each time: 500 open pages make
# 25 questions a second, a tenth of what one process answers.
LIVE_SECONDS = 20

# --- Static files -------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [ASSETS_DIR] if ASSETS_DIR.exists() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Accounts -----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "network.User"
AUTHENTICATION_BACKENDS = ["warmhandoff.web.site.signed_in.Accounts"]
SESSION_ENGINE = "warmhandoff.web.site.signed_in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_ADAPTER = "warmhandoff.web.site.accounts.AccountAdapter"  # sign-up by invitation only
ACCOUNT_FORMS = {
    "login": "warmhandoff.web.site.accounts.SignInForm",
    "signup": "warmhandoff.web.site.accounts.JoinForm",
    "change_password": "warmhandoff.web.site.accounts.ChangePasswordForm",
    "set_password": "warmhandoff.web.site.accounts.ChoosePasswordForm",
    "reset_password": "warmhandoff.web.site.accounts.ForgottenPasswordForm",
    "reset_password_from_key": "warmhandoff.web.site.accounts.NewPasswordForm",
    "reauthenticate": "warmhandoff.web.site.accounts.ReauthenticateForm",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "warmhandoff.web.site.reset_tokens.ResetTokens"  # noqa: S105  a class
ACCOUNT_SESSION_REMEMBER = False  # nobody stays signed in on a shared computer by a forgotten tick
ACCOUNT_LOGOUT_REDIRECT_URL = "/demo/" if DEMO else "/account/sign-in/"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = ROOT_URL.partition("://")[0]
# Counted in the cache (the database), so that they hold for all web processes.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "10/m/ip,3/m/key",
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 60 * 60
MFA_ADAPTER = "warmhandoff.web.site.accounts.MFAAdapter"
MFA_FORMS = {
    "authenticate": "warmhandoff.web.site.accounts.SecondStepForm",
    "reauthenticate": "warmhandoff.web.site.accounts.SecondStepAgainForm",
    "activate_totp": "warmhandoff.web.site.accounts.ActivateAppForm",
    "login_webauthn": "warmhandoff.web.site.accounts.PasskeySignInForm",
    "authenticate_webauthn": "warmhandoff.web.site.accounts.PasskeyStepForm",
    "reauthenticate_webauthn": "warmhandoff.web.site.accounts.PasskeyAgainForm",
    "add_webauthn": "warmhandoff.web.site.accounts.AddPasskeyForm",
    "edit_webauthn": "warmhandoff.web.site.accounts.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A passkey stands for both steps, so it must know who holds it (fingerprint, face, PIN), and not only that somebody does.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_TOLERANCE = 1  # phones' clocks are a little off

# --- Safety in the browser ----------------------------------------------------------------------------------------
SECURE = STRICT and ROOT_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 60 * 60
MESSAGE_STORAGE = "warmhandoff.web.site.said.SaidToWhoPressed"
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [ROOT_URL] if SECURE else []
if environment.flag("WARMHANDOFF_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Languages and time -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "warmhandoff" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # stored; pages speak the place's own time zone

# --- Mail ---------------------------------------------------------------------------------------------------------
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = 20
globals().update(environment.mail_server())
DEFAULT_FROM_EMAIL = environment.text("MAIL_FROM", "handoff@localhost")
EMPLOYER_FROM_EMAIL = environment.text(
    "EMPLOYER_MAIL_FROM", f"work@{DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}"
)
DEMO_MAIL_DIR = VAR_DIR / "demo" / "mail"

# --- History and jobs ---------------------------------------------------------------------------------------------
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField()
PGHISTORY_APPEND_ONLY = True
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

# --- Logs: to standard error, without personal data ---------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "warmhandoff.web.site.logs.WithoutValues",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "warmhandoff": {"level": "INFO"},
        "procrastinate": {"level": "WARNING"},  # its INFO lines hold the arguments of jobs
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
