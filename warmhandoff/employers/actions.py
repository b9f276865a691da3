"""Writing down employers, their work addresses, and whom one of our organizations asks there."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from warmhandoff.employers.models import Employer, EmployerContact, Site
from warmhandoff.foundation import clock, terms
from warmhandoff.foundation.codes import sort_key
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Actor, ContactPoint
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.labor_market.models import Locality
from warmhandoff.network.models import Organization


@dataclass(frozen=True)
class Address:
    """Where work is done. `locality_source`: where somebody looked up in which locality it lies."""

    address: str
    locality: Locality
    name: str = ""
    locality_source: str = ""
    industry: str = ""


@dataclass(frozen=True)
class Asked:
    """A person of an employer's whom we ask. Without a mail address no link reaches them."""

    name: str
    title: str = ""
    phone: str = ""
    email: str = ""
    language: str = "en"


@transaction.atomic
def add_employer(*, name: str, by: Actor, organization: Organization | None = None) -> Employer:
    """Whoever gives people work; known to every organization of the network. Once: the same name finds the same employer."""
    name = " ".join(name.split())
    if not name:
        raise BadValue("name", _("An employer needs a name."), mend=_("Write it as it stands on their door."))
    if Employer.objects.filter(name_sort=sort_key(name)).exists():
        raise BadValue("name", _("This employer is on the list already."), mend=_("Open it there."))
    return Employer.objects.create(name=name, organization=organization)


@transaction.atomic
def add_site(*, employer: Employer, told: Address, by: Actor) -> Site:
    """A work address. Which locality it lies in is looked up and never guessed: the least wage goes by it."""
    _check_address(told)
    if Site.objects.filter(employer=employer, address=told.address.strip(), active=True).exists():
        raise BadValue("address", _("This address is on the list already."), mend=_("Open it there."))
    return Site.objects.create(
        employer=employer,
        name=told.name.strip(),
        address=told.address.strip(),
        locality=told.locality,
        locality_source=told.locality_source.strip(),
        industry=told.industry,
    )


@transaction.atomic
def end_site(*, site: Site, by: Actor) -> None:
    """Nobody is sent to this address any more. Who works there goes on."""
    _end(Site.objects.filter(pk=site.pk), by=by)


@transaction.atomic
def add_contact(*, employer: Employer, told: Asked, by: Actor) -> EmployerContact:
    """Whom our organization asks there."""
    _check_asked(told)
    return EmployerContact.objects.create(
        organization_id=current_organization(),
        employer=employer,
        name=told.name.strip(),
        title=told.title.strip(),
        phone=told.phone.strip(),
        mailbox=_mailbox(told),
    )


@transaction.atomic
def change_contact(*, contact: EmployerContact, told: Asked, by: Actor) -> EmployerContact:
    """How they are reached now. Another mail address is another mailbox: what was mailed to the one before stops."""
    _require_ours(contact)
    _check_asked(told)
    contact.name, contact.title, contact.phone = told.name.strip(), told.title.strip(), told.phone.strip()
    here = contact.mailbox
    if here is None or (here.value, here.language) != (told.email.strip(), told.language):
        contact.mailbox = _mailbox(told)
    contact.save(update_fields=["name", "title", "phone", "mailbox"])
    return contact


@transaction.atomic
def end_contact(*, contact: EmployerContact, by: Actor) -> None:
    """They are asked no more: their links stop."""
    _require_ours(contact)
    _end(EmployerContact.objects.filter(pk=contact.pk), by=by)


def _end(one: QuerySet[Site] | QuerySet[EmployerContact], *, by: Actor) -> None:
    """Once. It stays, with who ended it and when."""
    if not one.filter(active=True).update(active=False, ended_at=clock.now(), ended_by=by):
        raise WrongState(_("This has ended already."), mend=_("Here is how it stands now."))


def _mailbox(told: Asked) -> ContactPoint | None:
    if not told.email.strip():
        return None
    return ContactPoint.objects.create(
        organization_id=current_organization(),
        channel=ContactPoint.Channel.EMAIL,
        value=told.email.strip(),
        language=told.language,
    )


def _require_ours(contact: EmployerContact) -> None:
    if contact.organization_id != current_organization():
        raise NotYours()


def _check_address(told: Address) -> None:
    if not told.address.strip():
        raise BadValue("address", _("A worksite needs its address."), mend=_("Write street and city."))
    if not told.locality.has_addresses:
        raise BadValue(
            "locality", _("No address lies there alone."), mend=_("Choose the city, or outside of any.")
        )
    if told.industry and not terms.is_in_force("industry", told.industry):
        raise BadValue("industry", _("There is no such industry."), mend=_("Choose one from the list."))


def _check_asked(told: Asked) -> None:
    if not told.name.strip():
        raise BadValue("name", _("Say whom you ask there."), mend=_("A first name is enough."))
    if told.email.strip():
        try:
            validate_email(told.email.strip())
        except ValidationError as error:
            raise BadValue(
                "email", _("This is not a mail address."), mend=_("Check it letter by letter.")
            ) from error
