"""Fourteen made-up organizations: who works there, what they do for people, and what they signed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from allauth.account.models import EmailAddress

from warmhandoff.demo.days import Days
from warmhandoff.directory import actions as directory
from warmhandoff.directory.eligibility import Kind, Rule
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.actors import link_actor, operator_actor
from warmhandoff.foundation.models import Actor
from warmhandoff.network import access, actions
from warmhandoff.network.models import Membership, Organization, Queue, User
from warmhandoff.network.roles import Role
from warmhandoff.participants.actions import class_of_need
from warmhandoff.programs.actions import rules
from warmhandoff.programs.models import Funding, Program
from warmhandoff.referrals.models import AnswerLink, Referral

FOUNDED = (
    820  # business days before the story's last: three years, and the weeks before the first group began
)
OFFICE = "office"
# Who delivers SECTOR, for how many at once.
SECTOR = "sector"
DELIVER = {
    "alondra": 90,
    "eastgate": 90,
    "harbor": 80,
    "lantern": 70,
    "arroyo": 60,
    "joshua": 60,
    "valley": 60,
    "corner": 40,
}
LOOK_CLASSES = ("needs", "narrative")


@dataclass(frozen=True)
class House:
    """One organization; `domain` is what its mail addresses end in."""

    name: str
    kinds: tuple[str, ...]
    domain: str
    phone: str


@dataclass(frozen=True)
class Staff:
    name: str
    house: str
    role: Role
    phone: str
    leads: bool = False


@dataclass(frozen=True)
class Offer:
    """A service, as its organization describes it."""

    house: str
    name: str
    name_es: str
    service_code: str
    area: str
    languages: tuple[str, ...] = ("en", "es")
    seats: int | None = None
    requirement: str = ""
    full: bool = False
    said: int = 2  # business days ago: when somebody last said that all of this is so


HOUSES = {
    "eastgate": House("Eastgate Community Partners", ("cbo",), "eastgate.example", "555-0140"),
    "sunrow": House("Sunrow Solar School", ("training_provider",), "sunrow.example", "555-0150"),
    "valley": House("Valley Trades", ("training_provider", "employer"), "valleytrades.example", "555-0160"),
    "bright": House("Bright IT", ("training_provider",), "brightit.example", "555-0170"),
    "harbor": House("Harbor Reentry", ("cbo",), "harbor.example", "555-0180"),
    "lantern": House("Lantern Street House", ("cbo",), "lanternstreet.example", "555-0145"),
    "second": House("Second Page Legal Help", ("cbo",), "secondpage.example", "555-0155"),
    "alondra": House("Alondra Works", ("cbo",), "alondraworks.example", "555-0100"),
    "arroyo": House("Arroyo Commons", ("cbo",), "arroyocommons.example", "626-555-0100"),
    "joshua": House("Joshua Road Collective", ("cbo",), "joshuaroad.example", "661-555-0100"),
    "kitchen": House(
        "Pacific Avenue Kitchen School", ("training_provider",), "kitchenschool.example", "562-555-0100"
    ),
    "marigold": House("Marigold Family House", ("cbo",), "marigoldhouse.example", "213-555-0100"),
    "corner": House("Westlake Health Corner", ("cbo",), "healthcorner.example", "213-555-0101"),
    OFFICE: House("Network Office", ("network_office",), "network.example", "555-0190"),
}
STAFF = {
    "denise": Staff("Denise Carter", "eastgate", Role.CASE_MANAGER, "555-0141"),
    "naira": Staff("Naira Petrosyan", "eastgate", Role.CASE_MANAGER, "555-0142"),
    "marcus": Staff("Marcus Webb", "eastgate", Role.LEAD, "555-0143", leads=True),
    "tavo": Staff("Gustavo Peña", "eastgate", Role.PEER_MENTOR, "555-0144"),
    "ines": Staff("Inés Álvarez", "harbor", Role.CASE_MANAGER, "555-0181"),
    "paul": Staff("Paul Okafor", "harbor", Role.LEAD, "555-0182", leads=True),
    "mei": Staff("Mei-ling Huang", "harbor", Role.CASE_MANAGER, "555-0183"),
    "vera": Staff("Vera Lindqvist", "valley", Role.LEAD, "555-0161", leads=True),
    "sam": Staff("Sam Whitfield", "valley", Role.CASE_MANAGER, "555-0162"),
    "rosalind": Staff("Rosalind Achebe", "lantern", Role.LEAD, "555-0146", leads=True),
    "teo": Staff("Teodoro Mejía", "lantern", Role.CASE_MANAGER, "555-0147"),
    "bao": Staff("Bao Tran", "lantern", Role.CASE_MANAGER, "555-0148"),
    "earl": Staff("Earl Simms", "lantern", Role.PEER_MENTOR, "555-0149"),
    "hana": Staff("Hana Whitlock", "alondra", Role.CASE_MANAGER, "555-0104"),
    "dario": Staff("Darío Quintero", "alondra", Role.CASE_MANAGER, "555-0105"),
    "yvonne": Staff("Yvonne Batiste", "alondra", Role.LEAD, "555-0106", leads=True),
    "otis": Staff("Otis Freeman", "alondra", Role.PEER_MENTOR, "555-0199"),
    "joanna": Staff("Joanna Lau", "arroyo", Role.CASE_MANAGER, "626-555-0101"),
    "felix": Staff("Félix Arévalo", "arroyo", Role.LEAD, "626-555-0102", leads=True),
    "dara": Staff("Dara Bright-Eagle", "joshua", Role.CASE_MANAGER, "661-555-0101"),
    "ken": Staff("Ken Ostrowski", "joshua", Role.LEAD, "661-555-0102", leads=True),
    "colette": Staff("Colette Baptiste", "kitchen", Role.LEAD, "562-555-0101", leads=True),
    "anush": Staff("Anush Kirakosyan", "corner", Role.LEAD, "213-555-0102", leads=True),
    "luz": Staff("Luz Ortega", OFFICE, Role.NAVIGATOR, "555-0191", leads=True),
    "grace": Staff("Grace Kim", OFFICE, Role.COUNTY_PROGRAM_MANAGER, "555-0192"),
    "adam": Staff("Adam Reyes", OFFICE, Role.NETWORK_ADMINISTRATOR, "555-0193"),
}
ASKS_FOR = {
    "diploma": (Rule(Kind.DIPLOMA),),
    "photo_id": (Rule(Kind.DOCUMENT, ("photo_id",), can_follow=True),),
    "from_16": (Rule(Kind.AGE, at_least=16),),
}
OFFERS = {
    "solar": Offer("sunrow", "Solar Installer training", "Curso de instalación solar", "WRK-TRN", "south", seats=4),
    "carpentry": Offer("valley", "Carpentry basics", "Carpintería básica", "WRK-TRN", "south", full=True, said=6),
    "support": Offer("bright", "IT support training", "Curso de soporte técnico", "WRK-TRN", "central",
                     languages=("en",), seats=6, requirement="diploma", said=8),
    "beds": Offer("harbor", "Transitional housing", "Vivienda de transición", "HSG", "south_bay", seats=2,
                  requirement="photo_id"),
    "clearance": Offer("harbor", "Record clearance clinic", "Clínica de limpieza de antecedentes", "RCL", "south_bay",
                       said=12),
    "rooms": Offer("eastgate", "Rooms for ninety days", "Cuartos por noventa días", "HSG", "east", seats=3),
    "ready": Offer("eastgate", "Ready for work, four weeks", "Lista para trabajar, cuatro semanas", "WRK-RDY", "east",
                   seats=8, said=5),
    "crew": Offer("valley", "Framing crew helper, paid", "Ayudante de carpintería, con paga", "WRK-OJT", "south", seats=3,
                  requirement="photo_id", said=9),
    "shelter": Offer("lantern", "Shared sober rooms", "Cuartos compartidos sin consumo", "HSG", "san_fernando", seats=5,
                     said=3),
    "recovery": Offer("lantern", "Evening recovery groups", "Grupos de recuperación por la tarde", "SUD", "san_fernando",
                      seats=12, said=3),
    # Nobody there has an account: both are answered from the one mailbox, and not fast.
    "record": Offer("second", "Help to clear a record", "Ayuda para limpiar antecedentes", "RCL", "central", said=14),
    "legal": Offer("second", "Civil legal help", "Ayuda legal civil", "CIV", "central", said=14),
    "hiring": Offer("alondra", "Job search, one to one", "Búsqueda de trabajo, de persona a persona", "WRK-PLC", "south", seats=10,
                    said=4),
    "papers": Offer("alondra", "ID and papers desk", "Mesa de identificación y papeles", "ID", "south", said=7),
    "mentors": Offer("alondra", "A mentor who has been there", "Un mentor que ya pasó por eso", "PEER", "south", seats=6, said=7),
    "school": Offer("arroyo", "High-school equivalency, evenings", "Equivalencia de preparatoria, por la tarde", "EDU",
                    "san_gabriel", seats=9, requirement="from_16", said=5),
    "laptop": Offer("arroyo", "Laptop and internet basics", "Computadora e internet, lo básico", "DIG", "san_gabriel", seats=12,
                    said=5),
    "money": Offer("arroyo", "First bank account", "Primera cuenta de banco", "FIN", "san_gabriel", said=11),
    "rides": Offer("joshua", "Rides to work and court", "Transporte al trabajo y a la corte", "TRN", "antelope", seats=7, said=6),
    "desert": Offer("joshua", "Warehouse start, paid", "Inicio en almacén, con paga", "WRK-OJT", "antelope", seats=5,
                    requirement="photo_id", said=6),
    "cook": Offer("kitchen", "Line cook apprenticeship", "Aprendizaje de cocina", "WRK-APP", "south_bay", seats=4, said=3),
    "pantry": Offer("marigold", "Pantry and warm meals", "Despensa y comida caliente", "FOD", "central", said=9),
    "children": Offer("marigold", "Child care while you train", "Cuidado de niños mientras estudia", "FAM", "central", seats=6,
                      said=9),
    "counsel": Offer("corner", "Counseling", "Consejería", "MH", "central", seats=8, said=4),
    "benefits": Offer("corner", "Medi-Cal and benefits", "Medi-Cal y beneficios", "HLT", "central", said=4),
}  # fmt: skip


@dataclass
class Network:
    """What was made, by the short names above."""

    days: Days
    houses: dict[str, Organization] = field(default_factory=dict)
    staff: dict[str, Membership] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)

    @contextmanager
    def acting(self, name: str) -> Iterator[access.Member]:
        """Act as this member of staff, on the clock that is on."""
        member = access.member(self.staff[name])
        with scoping.acting_as(member.actor, classes=member.classes):
            yield member

    @contextmanager
    def pressing(self, link: AnswerLink) -> Iterator[Actor]:
        """Act as whoever reads a service's mailbox and presses the link."""
        with scoping.acting_as(None, organization_id=link.organization_id, classes=LOOK_CLASSES):
            need_code = Referral.objects.values_list("need_code", flat=True).get(pk=link.referral_id)
        actor = link_actor(link.pk, link.organization_id)
        with scoping.acting_as(actor, classes={"contact", *LOOK_CLASSES, class_of_need(need_code)}):
            yield actor

    def house_of(self, name: str) -> Organization:
        return self.houses[STAFF[name].house]


def mailbox_of(house: str) -> str:
    return f"referrals@{HOUSES[house].domain}"


def address_of(name: str) -> str:
    """The mail address of a member of staff, by which the demo finds them again."""
    return f"{name}@{HOUSES[STAFF[name].house].domain}"


def set_up(days: Days) -> Network:
    """The network as it stood before the story began."""
    network = Network(days)
    with clock.at(days.at(FOUNDED, "09:30")):
        for key, house in HOUSES.items():
            with scoping.acting_as(operator_actor()):
                network.houses[key] = actions.add_organization(
                    name=house.name, kinds=house.kinds, phone=house.phone
                )
            with scoping.acting_as(operator_actor(network.houses[key].pk)):
                _hire(network, key)
                _describe(network, key)
        with scoping.acting_as(operator_actor()):
            _sign(network)
            sign_contracts(network)
    for key, offer in OFFERS.items():
        _say_again(network, key, offer)
    return network


def standing(days: Days) -> Network:
    """The same network, as `set_up` made it in this database."""
    network = Network(days)
    made = {each.name: each for each in Organization.objects.filter(standing=Organization.Standing.MEMBER)}
    members = Membership.objects.select_related("user", "organization")
    network.houses = {key: made[house.name] for key, house in HOUSES.items()}
    network.staff = {name: members.get(user__email=address_of(name)) for name in STAFF}
    # Only where somebody still leads it: an organization may have been closed meanwhile.
    leads = {staff.house: network.staff[name].pk for name, staff in STAFF.items() if staff.leads}
    led = {queue.lead_id: queue for queue in Queue.objects.all()}
    network.queues = {house: led[lead] for house, lead in leads.items() if lead in led}
    described = {
        (each.organization_id, each.name): each for each in Service.objects.select_related("organization")
    }
    network.services = {
        key: described[network.houses[offer.house].pk, offer.name] for key, offer in OFFERS.items()
    }
    return network


def _hire(network: Network, house: str) -> None:
    for name, staff in STAFF.items():
        if staff.house != house:
            continue
        # No password: in the demo one signs in with one press, and nowhere else.
        user = User.objects.create_user(address_of(name), staff.name)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        network.staff[name] = actions.add_member(
            user=user, organization=network.houses[house], role=staff.role, phone=staff.phone
        )
        if staff.leads:
            network.queues[house] = actions.appoint_lead(
                organization=network.houses[house], membership=network.staff[name]
            )


def _describe(network: Network, house: str) -> None:
    """Each service has a mailbox: that is all an organization needs to be asked."""
    for key, offer in OFFERS.items():
        if offer.house == house:
            network.services[key] = directory.add_service(
                organization=network.houses[house],
                told=_told(offer),
                by=operator_actor(network.houses[house].pk),
            )


def _told(offer: Offer, full_until: date | None = None) -> directory.Told:
    return directory.Told(
        name=offer.name,
        name_es=offer.name_es,
        service_code=offer.service_code,
        area=offer.area,
        languages=offer.languages,
        mailbox=mailbox_of(offer.house),
        seats=offer.seats,
        criteria=ASKS_FOR.get(offer.requirement, ()),
        full_until=full_until,
    )


def _say_again(network: Network, key: str, offer: Offer) -> None:
    """What a service last said about itself: that all is as before, or that it is full."""
    service = Service.objects.select_related("organization").get(pk=network.services[key].pk)
    by = operator_actor(service.organization_id)
    with clock.at(network.days.at(offer.said, "16:30")), scoping.acting_as(by):
        if offer.full:
            directory.change_service(
                service=service, told=_told(offer, network.days.next_march_third()), by=by
            )
        else:
            directory.confirm_service(service=service, by=by)


def _sign(network: Network) -> None:
    """Each agreement names the office's queue: it takes an organization's people if that organization closes."""
    signed_on: date = network.days.back(FOUNDED)
    for key, organization in network.houses.items():
        if key != OFFICE:
            actions.sign_agreement(
                organization=organization, escheat_queue=network.queues[OFFICE], signed_on=signed_on
            )


def sign_contracts(network: Network) -> None:
    """SECTOR, from the day on which the network was founded: the office stands for the county's agency."""
    program = Program.objects.get(slug=SECTOR)
    money = Funding.objects.get(program=program, valid_to__isnull=True)
    for house, slots in DELIVER.items():
        rules.sign_contract(
            program=program,
            provider=network.houses[house],
            agency=network.houses[OFFICE],
            funding=money,
            slots=slots,
            valid_from=network.days.back(FOUNDED),
        )
