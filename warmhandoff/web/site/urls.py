"""All addresses. Account pages are wired one by one: what isn't listed here doesn't exist."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.conf import settings
from django.urls import include, path, re_path
from django.views.i18n import set_language

from warmhandoff.web.site import own_mails, views
from warmhandoff.web.site.access import public, signed_in
from warmhandoff.web.site.csp import link_page_with_form

handler400 = "warmhandoff.web.site.errors.bad_request"
handler403 = "warmhandoff.web.site.errors.forbidden"
handler404 = "warmhandoff.web.site.errors.not_found"
handler429 = "warmhandoff.web.site.errors.too_many"
handler500 = "warmhandoff.web.site.errors.server_error"

# One line a desk: where it begins, and its module of addresses.
DESKS: tuple[tuple[str, str], ...] = (
    ("today/", "warmhandoff.web.today.urls"),
    ("people/", "warmhandoff.web.people.urls"),
    ("a/", "warmhandoff.web.answer.urls"),
    ("c/", "warmhandoff.web.carried.urls"),
    ("s/", "warmhandoff.web.owner.urls"),
    ("g/", "warmhandoff.web.stalled.urls"),
    ("w/", "warmhandoff.web.worksite.urls"),
    ("me/", "warmhandoff.web.own.urls"),
    ("referrals/", "warmhandoff.web.referrals.urls"),
    ("programs/", "warmhandoff.web.programs.urls"),
    ("directory/", "warmhandoff.web.directory.urls"),
    ("employers/", "warmhandoff.web.employers.urls"),
    ("organization/", "warmhandoff.web.organization.urls"),
    ("administration/", "warmhandoff.web.administration.urls"),
    ("network/", "warmhandoff.web.network.urls"),
    ("improvements/", "warmhandoff.web.improvements.urls"),
)

enters = public("lets people in; tells nobody whether an account exists")
secures = signed_in("looks after one's own sign-in")
sets_up = signed_in("sets up one's own second factor", before_second_factor=True)

ACCOUNT = [
    path("sign-in/", enters(account.login), name="account_login"),
    path("sign-out/", public("ends one's own session")(account.logout), name="account_logout"),
    path("inactive/", enters(account.account_inactive), name="account_inactive"),
    path("join/", enters(account.signup), name="account_signup"),
    path("confirm/", enters(account.email_verification_sent), name="account_email_verification_sent"),
    re_path(
        r"^confirm/(?P<key>[-:\w]+)/$",
        link_page_with_form(enters(account.confirm_email)),
        name="account_confirm_email",
    ),
    path("password/", enters(account.password_reset), name="account_reset_password"),
    path("password/sent/", enters(account.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        link_page_with_form(enters(account.password_reset_from_key)),
        name="account_reset_password_from_key",
    ),
    path(
        "password/done/",
        enters(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("password/change/", secures(account.password_change), name="account_change_password"),
    path("password/choose/", secures(account.password_set), name="account_set_password"),
    path("again/", sets_up(account.reauthenticate), name="account_reauthenticate"),
    path("second-step/", enters(mfa.authenticate), name="mfa_authenticate"),
    path("second-step/again/", sets_up(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("security/", sets_up(mfa.index), name="mfa_index"),
    path("security/app/", sets_up(totp.activate_totp), name="mfa_activate_totp"),
    path("security/app/remove/", secures(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("sign-in/passkey/", enters(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("security/passkeys/", secures(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path("security/passkeys/new/", sets_up(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path(
        "security/passkeys/again/",
        sets_up(passkeys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("security/passkeys/<int:pk>/", secures(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path("security/passkeys/<int:pk>/remove/", secures(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
    path("security/codes/", secures(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "security/codes/new/",
        secures(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "security/codes/file/",
        secures(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]

urlpatterns = [
    path("", views.start, name="start"),
    path("healthz/", views.healthz, name="healthz"),
    path("language/", public("chooses the language of the pages")(set_language), name="set_language"),
    path("organizations/", views.choose_organization, name="choose_organization"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("account/mails/", own_mails.own_mails, name="own_mails"),
    path("account/invited/", views.accept_invitation, name="accept_invitation"),
    path("account/", include(ACCOUNT)),
    *(path(prefix, include(module)) for prefix, module in DESKS),
    *([path("demo/", include("warmhandoff.web.demo.urls"))] if settings.DEMO else []),
]
