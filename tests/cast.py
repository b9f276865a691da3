"""The cast: people with names, at organizations with names, and a stranger who must see nothing.

`network()` builds six made-up organizations with their staff, queues, agreements and services through the real actions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from tests import grounds
from warmhandoff.custody import actions as custody
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.actors import operator_actor
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.models import ContactPoint
from warmhandoff.network import access, actions
from warmhandoff.network.models import Agreement, Membership, Organization, Queue, User
from warmhandoff.network.roles import Role
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Consent, Need, Participant
from warmhandoff.programs.actions import enrollment as enrolling
from warmhandoff.programs.models import Contract, Enrollment, Funding, Program, ProgramTerms
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral

# A Monday morning in a week with two closed days: Thursday and Friday.
MONDAY = datetime(2026, 11, 23, 18, 40, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


@dataclass
class Cast:
    """Who is who. `members` by first name, `organizations` and `services` by short name."""

    members: dict[str, Membership] = field(default_factory=dict)
    organizations: dict[str, Organization] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    agreements: dict[str, Agreement] = field(default_factory=dict)

    @contextmanager
    def acting(
        self, name: str, at: datetime | None = None, purpose: str = "service"
    ) -> Iterator[access.Member]:
        """Act as the member called `name`, at that moment (Monday morning unless told)."""
        member = access.member(
            Membership.objects.select_related("user", "organization").get(pk=self.members[name].pk)
        )
        with clock.at(at or MONDAY), scoping.acting_as(member.actor, classes=member.classes, purpose=purpose):
            yield member


ORGANIZATIONS = {
    "eastgate": ("Eastgate Community Partners", ["cbo"]),
    "sunrow": ("Sunrow Solar School", ["training_provider"]),
    "valley": ("Valley Trades", ["training_provider"]),
    "bright": ("Bright IT", ["training_provider"]),
    "harbor": ("Harbor Reentry", ["cbo"]),
    "office": ("Network Office", ["network_office"]),
}
STAFF = {
    "denise": ("Denise Carter", "eastgate", Role.CASE_MANAGER),
    "marcus": ("Marcus Webb", "eastgate", Role.LEAD),
    "tavo": ("Gustavo Peña", "eastgate", Role.PEER_MENTOR),
    "ines": ("Inés Álvarez", "harbor", Role.CASE_MANAGER),
    "paul": ("Paul Okafor", "harbor", Role.LEAD),
    "vera": ("Vera Lindqvist", "valley", Role.LEAD),
    "luz": ("Luz Ortega", "office", Role.NAVIGATOR),
    "grace": ("Grace Kim", "office", Role.COUNTY_PROGRAM_MANAGER),
    "adam": ("Adam Reyes", "office", Role.NETWORK_ADMINISTRATOR),
}
LEADS = {"eastgate": "marcus", "harbor": "paul", "valley": "vera", "office": "luz"}
SERVICES = {
    "solar": ("sunrow", "Solar Installer training", "Curso de instalación solar", "WRK-TRN", "south"),
    "carpentry": ("valley", "Carpentry basics", "Carpintería básica", "WRK-TRN", "south"),
    "it": ("bright", "IT support training", "Curso de soporte técnico", "WRK-TRN", "central"),
    "housing": ("harbor", "Housing help", "Ayuda de vivienda", "HSG", "south"),
}


def network() -> Cast:
    """Six organizations with staff, leads, agreements and one service each; Sunrow and Bright have nobody who signs in.

    Where a test stands on it (the fixture `the_cast`), it is there already.
    """
    return grounds.standing(THE_CAST) or _built()


def _built() -> Cast:
    cast = Cast()
    with clock.at(MONDAY), scoping.acting_as(operator_actor()):
        for key, (name, kinds) in ORGANIZATIONS.items():
            cast.organizations[key] = actions.add_organization(name=name, kinds=kinds, phone="555-0100")
    for key, organization in cast.organizations.items():
        with clock.at(MONDAY), scoping.acting_as(operator_actor(organization.pk)):
            _staff(cast, key, organization)
            _services(cast, key, organization)
    with clock.at(MONDAY), scoping.acting_as(operator_actor()):
        for key, organization in cast.organizations.items():
            if key != "office":
                cast.agreements[key] = actions.sign_agreement(
                    organization=organization, escheat_queue=cast.queues["office"], signed_on=date(2026, 1, 5)
                )
    return cast


THE_CAST = grounds.Ground("the_cast", _built)


def _staff(cast: Cast, key: str, organization: Organization) -> None:
    for name, (full_name, where, role) in STAFF.items():
        if where == key:
            user = User.objects.create_user(f"{name}@{key}.example", full_name, PASSWORD)
            cast.members[name] = actions.add_member(
                user=user, organization=organization, role=role, phone="555-0142"
            )
    if key in LEADS:
        cast.queues[key] = actions.appoint_lead(
            organization=organization, membership=cast.members[LEADS[key]]
        )


def _services(cast: Cast, key: str, organization: Organization) -> None:
    for name, (where, english, spanish, code, area) in SERVICES.items():
        if where == key:
            mailbox = ContactPoint.objects.create(
                organization_id=organization.pk, channel="email", value=f"referrals@{key}.example"
            )
            cast.services[name] = Service.objects.create(
                organization=organization, name=english, name_es=spanish, service_code=code, area=area,
                languages=["en", "es"], mailbox=mailbox, seats=4, room="open", room_as_of=MONDAY.date(),
            )  # fmt: skip


# --- Made-up people -----------------------------------------------------------------------------------------------


def told(first_name: str = "Rosa", last_name: str = "Mendoza", **more: object) -> participants.Told:
    return participants.Told(first_name=first_name, last_name=last_name, language="es", area="south", **more)  # type: ignore[arg-type]


PHONE = participants.Way("text", "555-0123")


def take_in(
    member: access.Member, person: participants.Told | None = None, needs: tuple[str, ...] = ("WRK-TRN",)
) -> Participant:
    """Take someone in; the member holds them."""
    return custody.take_in(
        told=person or told(),
        reach=[PHONE],
        needs=needs,
        holder=Owner(member.organization_id, membership_id=member.membership.pk),
        by=member.actor,
        is_adult=True,
    )


def consent(
    file: Participant,
    service: Service,
    by: access.Member,
    parts: tuple[str, ...] = ("name", "reach", "need"),
    **more: object,
) -> Consent:
    need = Need.objects.get(file=file, code=service.service_code, closed_on__isnull=True)
    asked = participants.Asked(
        recipients=[service.organization_id],
        parts=parts,
        data_classes=sorted(referrals.classes_shared(need.code, parts)),
        language="es",
        **more,  # type: ignore[arg-type]
    )
    return participants.record_consent(file=file, asked=asked, by=by.actor)


def refer(
    file: Participant, service: Service, by: access.Member, mode: str = "refer", **more: object
) -> Referral:
    """Consent and referral, in one go."""
    need = Need.objects.get(file=file, code=service.service_code, closed_on__isnull=True)
    return referrals.send(
        file=file,
        service=Service.objects.select_related("organization").get(pk=service.pk),
        need=need,
        consent=more.pop("consent", None) or consent(file, service, by),  # type: ignore[arg-type]
        by=by.actor,
        membership=by.membership,
        mode=mode,
        **more,  # type: ignore[arg-type]
    )


# --- Programs -----------------------------------------------------------------------------------------------------


def program(
    c: Cast, slug: str = "pathways", provider: str = "eastgate", agency: str = "office", slots: int = 30
) -> Contract:
    """A program delivered by `provider` for `agency` since the year began; anybody may take part in one that doesn't ship."""
    since = date(2026, 1, 1)
    with clock.at(MONDAY), scoping.acting_as(operator_actor()):
        found, is_new = Program.objects.get_or_create(slug=slug)
        if is_new:
            ProgramTerms.objects.create(
                program=found,
                valid_from=since,
                name="Pathways to Work",
                name_es="Camino al trabajo",
                source="made up",
            )
        money, _ = Funding.objects.get_or_create(
            program=found, grant="Made-up grant", tranche="I", valid_from=since, source="made up"
        )
        return Contract.objects.create(
            program=found,
            provider=c.organizations[provider],
            agency=c.organizations[agency],
            funding=money,
            slots=slots,
            valid_from=since,
        )


def agreed_to(file: Participant, contract: Contract, by: access.Member) -> Consent:
    """Their yes to the agency's learning that they take part."""
    return participants.record_consent(
        file=file, asked=enrolling.asked_of(contract, language="es"), by=by.actor
    )


def enrolled(
    c: Cast,
    by: access.Member,
    *,
    contract: Contract | None = None,
    file: Participant | None = None,
    on: date | None = None,
    active: bool = False,
    referral: Referral | None = None,
) -> Enrollment:
    """Somebody who takes part, at the organization of `by`; on from that day (the acting day), `active` from it on too."""
    contract = contract or Contract.objects.filter(provider_id=by.organization_id).first() or program(c)
    file = file or take_in(by)
    enrollment = enrolling.apply(file=file, contract=contract, by=by.actor, on=on, referral=referral)
    enrolling.enroll(enrollment=enrollment, consent=agreed_to(file, contract, by), by=by.actor, on=on)
    if active:
        enrolling.begin(enrollment=enrollment, by=by.actor, on=on)
    return enrollment
