"""All settings of KeyConsole, safe by default. README has a row for each `KEYCONSOLE_*` name."""

from __future__ import annotations

from importlib.util import find_spec
from urllib.parse import quote

import dj_database_url
from csp.constants import NONE, SELF

from keyconsole.browser_features import WHAT_PAGES_MAY_USE
from keyconsole.environment import env_bool, env_choice, env_folder, env_int, env_list, env_secret, env_text
from keyconsole.folders import OWN_FILES, default_data_dir
from keyconsole.logs.configuration import configuration
from keyconsole.logs.formats import JSON, LINE
from keyconsole.mail_server import mail_server
from keyconsole.sqlite_file import PrivateFile

# Debug pages and friendlier errors. Never on where others can reach the server.
DEBUG = env_bool("KEYCONSOLE_DEBUG")
# Relaxes what a laptop needs (cookies over plain HTTP, a visible band); `make demo` sets it.
KEYCONSOLE_DEMO = env_bool("KEYCONSOLE_DEMO")
# Signs sessions and tokens; Django refuses to work without it.
SECRET_KEY = env_secret("KEYCONSOLE_SECRET_KEY")
# Older secret keys that still open sessions while a new one is rolled out, separated by commas.
SECRET_KEY_FALLBACKS = [key for key in env_secret("KEYCONSOLE_SECRET_KEY_FALLBACKS").split(",") if key]
# The host names that people type, separated by commas.
ALLOWED_HOSTS = env_list("KEYCONSOLE_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
# The full https:// origins that forms come from, where a proxy changes the host.
CSRF_TRUSTED_ORIGINS = env_list("KEYCONSOLE_TRUSTED_ORIGINS")
# A TLS proxy in front sets X-Forwarded-Proto itself and drops what clients send.
KEYCONSOLE_BEHIND_PROXY = env_bool("KEYCONSOLE_BEHIND_PROXY")
# The name in the corner of each page.
KEYCONSOLE_ORGANISATION = env_text("KEYCONSOLE_ORGANISATION", "KeyConsole")

# The folder of the SQLite database and of the collected static files; `--data-dir` sets it too.
KEYCONSOLE_DATA_DIR = env_folder("KEYCONSOLE_DATA_DIR", default_data_dir)
# sqlite:////folder/file.sqlite3 or postgres://user:password@host/name; also KEYCONSOLE_DATABASE_URL_FILE.
KEYCONSOLE_DATABASE_URL = env_secret(
    "KEYCONSOLE_DATABASE_URL", f"sqlite:///{quote(str(KEYCONSOLE_DATA_DIR / 'keyconsole.sqlite3'))}"
)
DATABASES = {
    "default": dj_database_url.parse(KEYCONSOLE_DATABASE_URL, conn_max_age=60, conn_health_checks=True)
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a transaction that will write takes the lock at once instead of failing half-way.
    # FULL: what was committed is on the disk, and so the Attempt is there before its call leaves.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
    # Other people of the host cannot read it.
    DATABASES["default"]["OPTIONS"]["factory"] = PrivateFile
# Rate limits must hold across all processes and hosts; a migration of `web` makes the table.
CACHES = {"default": {"BACKEND": "keyconsole.web.rate_limits.Counters", "LOCATION": "keyconsole_cache"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Seconds after which a move that has not settled raises a flag (it goes on being watched).
KEYCONSOLE_SETTLE_DEADLINE_SECONDS = env_int("KEYCONSOLE_SETTLE_DEADLINE_SECONDS", 900, at_least=10)
# Seconds of looks that all show the old primary after which a lost answer counts as *not applied*. AWS says
# that a change shows in seconds, sometimes in several minutes. After a yes no such time is enough.
KEYCONSOLE_LOST_ANSWER_SECONDS = env_int("KEYCONSOLE_LOST_ANSWER_SECONDS", 3600, at_least=900)
# Minutes between two scans of an account; 0 scans only on demand.
KEYCONSOLE_SCAN_EVERY_MINUTES = env_int("KEYCONSOLE_SCAN_EVERY_MINUTES", 60)
# Hours between two scans that also read policies, tags and rotation; 0 only on demand.
KEYCONSOLE_DETAILS_EVERY_HOURS = env_int("KEYCONSOLE_DETAILS_EVERY_HOURS", 24)
# How many Regions of one account are read at the same time.
KEYCONSOLE_SCAN_REGIONS_AT_ONCE = env_int("KEYCONSOLE_SCAN_REGIONS_AT_ONCE", 8, at_least=1)
# Calls a second to one account and Region at most; a fraction of the account's KMS quota.
KEYCONSOLE_SCAN_CALLS_PER_SECOND = env_int("KEYCONSOLE_SCAN_CALLS_PER_SECOND", 100, at_least=1)

# Days for which looks of closed changes that showed the same as those around them are kept one by one.
KEYCONSOLE_KEEP_LOOKS_DAYS = env_int("KEYCONSOLE_KEEP_LOOKS_DAYS", 400, at_least=30)
# Days for which scans that have ended are kept, the last ones of each account for ever.
KEYCONSOLE_KEEP_SCANS_DAYS = env_int("KEYCONSOLE_KEEP_SCANS_DAYS", 90, at_least=30)
# Days for which messages that were sent are kept.
KEYCONSOLE_KEEP_MESSAGES_DAYS = env_int("KEYCONSOLE_KEEP_MESSAGES_DAYS", 90, at_least=30)

# What the record is called in its checkpoints, such as keys.example.org/record: no spaces, no plus sign.
KEYCONSOLE_CHECKPOINT_ORIGIN = env_text("KEYCONSOLE_CHECKPOINT_ORIGIN")
# The file of the Ed25519 key that signs checkpoints, in PEM; `keyconsole checkpoint --make-key` makes one.
KEYCONSOLE_CHECKPOINT_KEY_FILE = env_text("KEYCONSOLE_CHECKPOINT_KEY_FILE")
# In the place of the file: the ARN of an Ed25519 key of AWS KMS (ECC_NIST_EDWARDS25519).
KEYCONSOLE_CHECKPOINT_KMS_KEY = env_text("KEYCONSOLE_CHECKPOINT_KMS_KEY")
# Public keys that signed checkpoints of this origin before, separated by commas.
KEYCONSOLE_CHECKPOINT_OLD_KEYS = env_list("KEYCONSOLE_CHECKPOINT_OLD_KEYS")
# A folder, best on another host's disk, in which each checkpoint is kept too.
KEYCONSOLE_ANCHOR_DIRECTORY = env_text("KEYCONSOLE_ANCHOR_DIRECTORY")
# A bucket of S3 with object lock, and a prefix in it, where each checkpoint is kept too: evidence/keyconsole.
KEYCONSOLE_ANCHOR_S3 = env_text("KEYCONSOLE_ANCHOR_S3")
# The address of a C2SP witness that another team runs; /add-checkpoint is put after it.
KEYCONSOLE_ANCHOR_WITNESS_URL = env_text("KEYCONSOLE_ANCHOR_WITNESS_URL")
# The public key of that witness, as its operators publish it.
KEYCONSOLE_ANCHOR_WITNESS_KEY = env_text("KEYCONSOLE_ANCHOR_WITNESS_KEY")

# Profiles of the server that pages may choose as the identity that assumes a role, separated by commas.
KEYCONSOLE_ALLOWED_PROFILES = env_list("KEYCONSOLE_ALLOWED_PROFILES")
# Prefixes of access keys' variables that pages may choose so, separated by commas.
KEYCONSOLE_ALLOWED_ENV_PREFIXES = env_list("KEYCONSOLE_ALLOWED_ENV_PREFIXES")
# Addresses in the place of AWS's own that pages may choose, separated by commas.
KEYCONSOLE_ALLOWED_ENDPOINTS = env_list("KEYCONSOLE_ALLOWED_ENDPOINTS")

# Accounts by number, each the management account of its organisation or one to which that delegates: their
# scans also read which organisational unit every account is in. Policies that choose by unit need it.
KEYCONSOLE_ORGANIZATION_ACCOUNTS = env_list("KEYCONSOLE_ORGANIZATION_ACCOUNTS")

# Where people reach KeyConsole, such as https://keys.example.org: messages then hold links.
KEYCONSOLE_URL = env_text("KEYCONSOLE_URL").rstrip("/")
# The mail server for messages to people: smtps://user:password@host, smtp+tls://…, smtp://host, console:.
_mail = mail_server(env_secret("KEYCONSOLE_EMAIL_URL"), name="KEYCONSOLE_EMAIL_URL")
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = _mail.backend, _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.use_tls, _mail.use_ssl
EMAIL_TIMEOUT = 10
# The sender that people see on e-mail.
DEFAULT_FROM_EMAIL = env_text("KEYCONSOLE_EMAIL_FROM", "keyconsole@localhost")

INSTALLED_APPS = [
    # Before Django's own: its `changepassword` records the event.
    "keyconsole.people",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "template_partials",
    "keyconsole.audit",
    "keyconsole.notifications",
    "keyconsole.aws_accounts",
    "keyconsole.inventory",
    "keyconsole.policies",
    "keyconsole.changes",
    "keyconsole.worker",
    "keyconsole.web",
]
if find_spec("moto"):
    # The demo and its sandbox exist where their extra is installed; the product itself never imports them.
    INSTALLED_APPS.append("keyconsole.demo")

# From the outermost to the innermost. What stands above whitenoise holds for static files, too.
MIDDLEWARE = [
    "keyconsole.web.request_log.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "keyconsole.web.headers.OwnOriginOnly",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "keyconsole.web.middleware.NothingKept",
    "keyconsole.web.middleware.FormsOnly",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "keyconsole.web.middleware.SignedOutPolls",
    "keyconsole.web.middleware.SessionEnds",
    "keyconsole.web.sso.middleware.ConfirmedIdentity",
    "keyconsole.web.sso.proxy.SignedInByProxy",
    "keyconsole.web.sso.middleware.NoLocalSignIn",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "keyconsole.urls"
WSGI_APPLICATION = "keyconsole.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [OWN_FILES / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "keyconsole.web.context.frame",
            ],
            "builtins": ["keyconsole.web.templatetags.crumbs"],
        },
    }
]

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "keyconsole.people.factors.password_rules.LongEnough"},
    {"NAME": "keyconsole.people.factors.password_rules.NotRepeating"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Single sign-on by OpenID Connect: where the provider describes itself, …/.well-known/openid-configuration.
KEYCONSOLE_OIDC_DISCOVERY_URL = env_text("KEYCONSOLE_OIDC_DISCOVERY_URL")
# What the provider calls this KeyConsole.
KEYCONSOLE_OIDC_CLIENT_ID = env_text("KEYCONSOLE_OIDC_CLIENT_ID")
# What this KeyConsole proves itself with to the provider; empty for a public client, which PKCE alone guards.
KEYCONSOLE_OIDC_CLIENT_SECRET = env_secret("KEYCONSOLE_OIDC_CLIENT_SECRET")
# What stands on the button: "Sign in with …".
KEYCONSOLE_OIDC_NAME = env_text("KEYCONSOLE_OIDC_NAME", "single sign-on")
# What is asked of the provider, separated by spaces. With offline_access groups are read again by themselves.
KEYCONSOLE_OIDC_SCOPES = env_text("KEYCONSOLE_OIDC_SCOPES", "openid profile email")
# The claim that a new person's name here is taken from.
KEYCONSOLE_OIDC_USERNAME_CLAIM = env_text("KEYCONSOLE_OIDC_USERNAME_CLAIM", "preferred_username")
# The claim with the address that messages go to.
KEYCONSOLE_OIDC_EMAIL_CLAIM = env_text("KEYCONSOLE_OIDC_EMAIL_CLAIM", "email")
# The claim with the person's full name.
KEYCONSOLE_OIDC_NAME_CLAIM = env_text("KEYCONSOLE_OIDC_NAME_CLAIM", "name")
# The claim with the groups that the person is in; a.b is b inside of a.
KEYCONSOLE_OIDC_GROUPS_CLAIM = env_text("KEYCONSOLE_OIDC_GROUPS_CLAIM", "groups")
# What counts as a second factor that the provider asked for: values of its claim amr, separated by commas.
# Empty, nothing does: a policy that asks for a second factor guards against whoever holds the provider, too.
KEYCONSOLE_OIDC_SECOND_FACTOR_AMR = env_list("KEYCONSOLE_OIDC_SECOND_FACTOR_AMR")
# Neither passwords nor passkeys of KeyConsole's own open it any more.
KEYCONSOLE_SSO_ONLY = env_bool("KEYCONSOLE_SSO_ONLY")
# Minutes after which the groups of somebody who is signed in are read again.
KEYCONSOLE_SSO_REFRESH_MINUTES = env_int("KEYCONSOLE_SSO_REFRESH_MINUTES", 15, at_least=1)
# Hours after which somebody whose groups nobody could confirm has to sign in again.
KEYCONSOLE_SSO_GRACE_HOURS = env_int("KEYCONSOLE_SSO_GRACE_HOURS", 12, at_least=1)
# The header in which a proxy that signs people in says who it is, such as X-Remote-User.
KEYCONSOLE_PROXY_USER_HEADER = env_text("KEYCONSOLE_PROXY_USER_HEADER")
# The header in which it lists their groups, separated by commas.
KEYCONSOLE_PROXY_GROUPS_HEADER = env_text("KEYCONSOLE_PROXY_GROUPS_HEADER")
# The addresses or networks of that proxy, separated by commas; `unix` is whoever may open the socket.
KEYCONSOLE_PROXY_ADDRESSES = env_list("KEYCONSOLE_PROXY_ADDRESSES")

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "keyconsole.web.sign_in.ClosedSignUp"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
MFA_ADAPTER = "keyconsole.web.factors.adapter.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Each code counts once, and one step of the clock to either side: keyconsole.people.factors.totp.
MFA_FORMS = {
    "authenticate": "keyconsole.web.factors.forms.SignInCode",
    "authenticate_webauthn": "keyconsole.web.factors.forms.SignInWithPasskeyToo",
    "reauthenticate": "keyconsole.web.factors.forms.FreshCode",
    "reauthenticate_webauthn": "keyconsole.web.factors.forms.FreshPasskey",
    "login_webauthn": "keyconsole.web.factors.forms.SignInWithPasskey",
}
MFA_RECOVERY_CODE_DIGITS = 10
# An address may be that of a whole office. Guessing is in vain here: nothing is counted against a person.
MFA_RATE_LIMITS = {"webauthn_login": "30/m/ip", "webauthn_login_begun": "60/m/ip"}

LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = KEYCONSOLE_DATA_DIR / "staticfiles"
STATICFILES_DIRS = [OWN_FILES / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "keyconsole.web.static_files.StaticFiles"},
}
# What is not collected (in tests, in the demo) is served from where it is.
WHITENOISE_USE_FINDERS = True
# It would let every site read them; no other site has a use for them.
WHITENOISE_ALLOW_ALL_ORIGINS = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY = WHAT_PAGES_MAY_USE
_over_tls = not KEYCONSOLE_DEMO and not DEBUG
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _over_tls
SESSION_COOKIE_HTTPONLY = True
# Hours after which a session ends, whatever its person does.
KEYCONSOLE_SESSION_HOURS = env_int("KEYCONSOLE_SESSION_HOURS", 12, at_least=1)
# A row outlives its last click by this at most; what ends a session is the middleware's own stamp.
SESSION_COOKIE_AGE = KEYCONSOLE_SESSION_HOURS * 60 * 60
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_NAME = "__Host-keyconsole" if _over_tls else "keyconsole"
CSRF_COOKIE_NAME = "__Host-keyconsole-csrf" if _over_tls else "keyconsole-csrf"
# Minutes without a click after which a session ends; polls do not count.
KEYCONSOLE_IDLE_MINUTES = env_int("KEYCONSOLE_IDLE_MINUTES", 60, at_least=1)
# Hours for which a link opens with which a person chooses a password: an invitation, or a reset.
KEYCONSOLE_INVITATION_HOURS = env_int("KEYCONSOLE_INVITATION_HOURS", 72, at_least=1)
# Minutes for which a proof of who somebody is (a passkey, a code or the password, again) is fresh enough for
# what weighs: approving, running, policies, how accounts are entered, exports. For emergencies 5 at most.
KEYCONSOLE_FRESH_PROOF_MINUTES = env_int("KEYCONSOLE_FRESH_PROOF_MINUTES", 15, at_least=1)
ACCOUNT_REAUTHENTICATION_TIMEOUT = KEYCONSOLE_FRESH_PROOF_MINUTES * 60
SECURE_SSL_REDIRECT = _over_tls
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _over_tls else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _over_tls
# Other sites are told nothing. Not `no-referrer`: with that, browsers send `Origin: null` with each form, as
# the standard of Fetch says, and a form from nowhere is refused.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if KEYCONSOLE_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # The proxy's last X-Forwarded-For entry is the person: rate limits and the record go by it.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
# The largest forms: a policy as JSON (some 320 KB as a browser sends it) and a request for 500 keys (50 KB).
# docs/proxy/ holds the same number.
DATA_UPLOAD_MAX_MEMORY_SIZE = 384 * 1024
# The largest form of fields: a policy with 50 windows and 200 freezes.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1300
DATA_UPLOAD_MAX_NUMBER_FILES = 0

# How much the server and the worker tell on standard error: DEBUG, INFO, WARNING or ERROR.
KEYCONSOLE_LOG_LEVEL = env_text("KEYCONSOLE_LOG_LEVEL", "INFO").upper()
# How a log line looks: `line` for people, `json` for programs.
KEYCONSOLE_LOG_FORMAT = env_choice("KEYCONSOLE_LOG_FORMAT", LINE, JSON)
LOGGING = configuration(look=KEYCONSOLE_LOG_FORMAT, level=KEYCONSOLE_LOG_LEVEL)
