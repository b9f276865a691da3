"""What SECTOR stands on in the demo: its contracts, and who gives people work."""

from __future__ import annotations

from typing import Final

from django.db.models import Count

from warmhandoff.demo.network import SECTOR, Network
from warmhandoff.employers import actions as employers
from warmhandoff.employers.models import Employer, EmployerContact, Site
from warmhandoff.labor_market.models import Locality
from warmhandoff.network import access
from warmhandoff.programs.models import Contract

WORKPLACES: Final = (
    # name, address, whom one asks there, their title
    ("Ocampo Print Works", "1200 Palm Street", "Joan Ocampo", "Shift lead"),
    ("Bayside Cold Storage", "410 Harbor Lane", "Ray Delgado", "Floor manager"),
    ("Figueroa Hardware", "88 Mill Road", "Nadia Rahimi", "Owner"),
)  # fmt: skip


def contract_of(network: Network, house: str) -> Contract:
    return Contract.objects.select_related("program").get(
        program__slug=SECTOR, provider=network.houses[house]
    )


def workplace(member: access.Member, number: int) -> tuple[Site, EmployerContact]:
    """An employer's address, and whom this organization asks there; the first who needs it writes it down."""
    name, address, asked, title = WORKPLACES[number % len(WORKPLACES)]
    employer = Employer.objects.filter(name=name).first() or employers.add_employer(
        name=name, by=member.actor
    )
    site = employer.sites.first() or employers.add_site(
        employer=employer,
        told=employers.Address(address, _locality()),
        by=member.actor,
    )
    contact = EmployerContact.objects.filter(
        employer=employer, organization_id=member.organization_id, active=True
    ).first() or employers.add_contact(
        employer=employer, told=employers.Asked(asked, title, f"555-01{60 + number % 3}"), by=member.actor
    )
    return site, contact


def _locality() -> Locality:
    """Where least wages are known best."""
    known = Locality.objects.filter(has_addresses=True, floors__industry="").annotate(known=Count("floors"))
    found = known.order_by("-known", "position").first()
    if found is None:
        raise LookupError("This place names no locality with a least wage.")
    return found
