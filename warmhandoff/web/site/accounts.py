"""How allauth behaves here: accounts begin with an invitation, and its pages speak our words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account import app_settings, forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as second_step
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as passkeys
from django import forms as django_forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.actors import system_actor
from warmhandoff.foundation.sealing import sealer
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network import account_mails
from warmhandoff.network import actions as network
from warmhandoff.network.invitations import open_token
from warmhandoff.network.models import Invitation, Membership, User

INVITATION_IN_SESSION = "invitation"
SECOND_FACTOR = "second factor"
ENDS_WITH_ITS_LINK = "account/email/password_reset_key"
PASSWORD_HINT = _("At least 12 characters. A few words in a row are easy to remember and hard to guess.")


def invitation_waiting(request: HttpRequest) -> Invitation | None:
    """The invitation that was opened in this browser, while it can still be used."""
    token = request.session.get(INVITATION_IN_SESSION)
    return open_token(token) if token else None


def accept(request: HttpRequest, invitation: Invitation, user: User) -> Membership:
    """Let the invited person begin. Nobody acts yet for that organization here, so the system does."""
    with scoping.acting_as(system_actor(invitation.organization_id)):
        membership = network.accept_invitation(invitation=invitation, user=user)
    request.session.pop(INVITATION_IN_SESSION, None)
    if user.opened_again_at is not None:
        _go_on_or_sign_in_anew(request, invitation, user)
    return membership


def _go_on_or_sign_in_anew(request: HttpRequest, invitation: Invitation, user: User) -> None:
    """Of whoever comes back no earlier sign-in is left; this one stays where it was made for the invitation."""
    signed_in_at = max((record["at"] for record in get_authentication_records(request, user)), default=0.0)
    if signed_in_at >= invitation.invited_at.timestamp():
        update_session_auth_hash(request, user)
    else:
        logout(request)
        messages.success(request, _("Your account is open again. Please sign in once more."))


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up uninvited; mails carry no name and say plainly what to do."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "Email and password don't go together. Check both, or set a new password."
        ),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, or set a new password."),
        "incorrect_password": _("This is not your password. Try again, or set a new one."),
        "enter_current_password": _("This is not your current password."),
        "rate_limited": _("Too many tries. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return invitation_waiting(request) is not None

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in just now isn't asked for the same password again: setting up the second step follows at once."""
        request = allauth_context.request
        last = max(
            (record["at"] for record in get_authentication_records(request, request.user)), default=0.0
        )
        if clock.now().timestamp() - last < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.name = " ".join(form.cleaned_data["name"].split())
        saved: User = super().save_user(request, user, form, commit)
        # Whoever has just chosen a password isn't asked for it again a moment later, for the second step.
        record_authentication(request, saved, method="password")
        return saved

    def format_email_subject(self, subject: str) -> str:
        return subject

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queued with whatever it is about, and sent by the worker: how a mail server feels is nobody's trouble here."""
        context = {**context, "network_name": current_place().names.network}
        for_an_hour = clock.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
        account_mails.queue(
            self.render_mail(template_prefix, email, context),
            useless_after=for_an_hour if template_prefix == ENDS_WITH_ITS_LINK else None,
        )


class MFAAdapter(DefaultMFAAdapter):
    """Second factors: named after the network, and kept so that a stolen dump of the database opens nothing."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "This code is not right. Codes change every 30 seconds: enter the one shown now."
        ),
    }

    def get_totp_issuer(self) -> str:
        return current_place().names.network

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """What a new passkey is called, unless one calls it otherwise."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("My passkey") if not count else _("Passkey %(number)s") % {"number": count + 1}  # type: ignore[return-value]

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": current_place().names.network}

    def encrypt(self, text: str) -> str:
        return sealer(SECOND_FACTOR).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return sealer(SECOND_FACTOR).decrypt(encrypted_text.encode()).decode()


class _PlainWords:
    """Our labels and hints over allauth's fields."""

    words: dict[str, tuple[Any, Any]] = {}
    label_suffix = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields  # type: ignore[attr-defined]
        for name, (label, hint) in self.words.items():
            if name in fields:
                fields[name].label, fields[name].help_text = label, hint


class SignInForm(_PlainWords, forms.LoginForm):
    words = {"login": (_("Email"), ""), "password": (_("Password"), "")}


class JoinForm(_PlainWords, forms.SignupForm):
    """The account of an invited person: the address is the invitation's, and known to be theirs."""

    name = django_forms.CharField(
        label=_("Your name"), help_text=_("As your colleagues know you."), max_length=120
    )
    field_order = ["name", "email", "password1", "password2"]
    words = {
        "email": (_("Email"), _("The address your invitation was sent to.")),
        "password1": (_("Password"), PASSWORD_HINT),
        "password2": (_("The same password again"), ""),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        invitation = invitation_waiting(allauth_context.request)
        if invitation:
            # A disabled field takes its initial value, whatever is posted.
            self.fields["email"].disabled = True
            self.initial |= {"email": invitation.email, "name": invitation.name}

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        super().custom_signup(request, user)
        invitation = invitation_waiting(request)
        if invitation:
            accept(request, invitation, user)


class ChangePasswordForm(_PlainWords, forms.ChangePasswordForm):
    words = {
        "oldpassword": (_("Your password now"), ""),
        "password1": (_("New password"), PASSWORD_HINT),
        "password2": (_("The same new password again"), ""),
    }


class ChoosePasswordForm(_PlainWords, forms.SetPasswordForm):
    """For an account that has none: somebody who was never asked for one."""

    words = {
        "password1": (_("New password"), PASSWORD_HINT),
        "password2": (_("The same new password again"), ""),
    }


class ForgottenPasswordForm(_PlainWords, forms.ResetPasswordForm):
    words = {"email": (_("Email"), _("The address you sign in with."))}


class NewPasswordForm(_PlainWords, forms.ResetPasswordKeyForm):
    words = {
        "password1": (_("New password"), PASSWORD_HINT),
        "password2": (_("The same new password again"), ""),
    }


class ReauthenticateForm(_PlainWords, forms.ReauthenticateForm):
    words = {"password": (_("Password"), "")}


class _CodeForm(_PlainWords):
    words = {"code": (_("Code"), _("Six digits from your authenticator app, or one of your recovery codes."))}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "class": "usa-input--small"}  # type: ignore[attr-defined]


class SecondStepForm(_CodeForm, second_step.AuthenticateForm):
    pass


class SecondStepAgainForm(_CodeForm, second_step.ReauthenticateForm):
    pass


class _WellFormed:
    """Whatever a browser posts in place of a passkey's answer is refused, and not stumbled over."""

    def _clean_fields(self) -> None:
        try:
            super()._clean_fields()  # type: ignore[misc]
        except (KeyError, TypeError, ValueError, AttributeError):
            self.add_error("credential", MFAAdapter().validation_error("incorrect_code"))  # type: ignore[attr-defined]


class PasskeySignInForm(_WellFormed, passkeys.LoginWebAuthnForm):
    pass


class PasskeyStepForm(_WellFormed, passkeys.AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(_WellFormed, passkeys.ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(_PlainWords, passkeys.AddWebAuthnForm):
    words = {
        "name": (_("What you call it"), _("For instance: my phone.")),
        "passwordless": (
            _("Sign in with it alone"),
            _("Then you need no password and no code on this phone or computer."),
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except (KeyError, TypeError, ValueError, AttributeError):
            raise MFAAdapter().validation_error("incorrect_code") from None
        return cleaned


class RenamePasskeyForm(_PlainWords, passkeys.EditWebAuthnForm):
    words = {"name": (_("What you call it"), "")}


class ActivateAppForm(_CodeForm, totp.ActivateTOTPForm):
    words = {"code": (_("Code that the app shows now"), _("Six digits."))}
