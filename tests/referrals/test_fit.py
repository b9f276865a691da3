"""Who fits: the specification of the order, as a table and as properties, and what each card says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from warmhandoff.directory.eligibility import Facts, Rule
from warmhandoff.directory.models import Service
from warmhandoff.network.models import Organization
from warmhandoff.referrals.answering_time import Usually
from warmhandoff.referrals.fit import Offer, Sender, Someone, Standing, fit, in_order

TODAY = date(2026, 11, 23)
ROSA = Someone(
    facts=Facts(birth_date=date(1990, 4, 9), area="south", documents={"photo_id": False}, diploma=False),
    language="es",
    area="south",
    today=TODAY,
)
OURS = 1
PHOTO_ID_LATER = Rule("document", ("photo_id",), can_follow=True)
DIPLOMA = Rule("diploma")
YOUNG = Rule("age", at_least=18, at_most=25)
WORKING_AGE = Rule("age", at_least=18)
JUSTICE = Rule("justice", ("yes",))


def offer(
    name: str = "A",
    *,
    room: str = "open",
    seats: int | None = None,
    ago: int = 2,
    full_until: date | None = None,
    area: str = "",
    languages: tuple[str, ...] = (),
    days: int | None = None,
    asks: tuple[Rule, ...] = (),
    organization: int = 2,
    number: int = 0,
    mailbox: int | None = 9,
    standing: str = "member",
    has_lead: bool = True,
    sender: Sender | None = None,
) -> Offer:
    """One service as it stands, in memory."""
    house = Organization(pk=organization, name=name, name_sort=name.lower(), standing=standing)
    service = Service(
        pk=number or sum(map(ord, name)), organization=house, name=f"{name} training", name_sort=name.lower(), room=room,
        room_as_of=TODAY - timedelta(days=ago) if room else None, seats=seats if room == "open" else None,
        full_until=full_until, area=area, languages=list(languages), mailbox_id=mailbox,
    )  # fmt: skip
    answers = Usually(days) if days is not None else None
    return fit(service, ROSA, sender or Sender(OURS), rules=asks, has_lead=has_lead, answers=answers)


def named(offers: list[Offer]) -> str:
    return "".join(each.service.organization.name for each in offers)


# Each line: what is compared, and the services as they are to stand, best first.
TABLE = {
    "eligible before what must be asked first": [offer("B"), offer("A", asks=(JUSTICE,))],
    "a paper that can be brought later stands beside eligible": [
        offer("A", asks=(PHOTO_ID_LATER,)),
        offer("B"),
        offer("C", asks=(JUSTICE,)),
    ],
    "eligible without room before one to ask with room": [
        offer("B", room="full"),
        offer("A", seats=9, asks=(JUSTICE,)),
    ],
    "room in its order": [
        offer("E", room="open"),
        offer("D", room="waitlist"),
        offer("C", room=""),
        offer("B", room="open", ago=31),
        offer("A", room="full"),
    ],
    "room before area": [offer("B", area="central"), offer("A", room="waitlist", area="south")],
    "room before the days to answer": [offer("B", days=9), offer("A", room="full", days=1)],
    "area before language": [
        offer("B", area="south", languages=("en",)),
        offer("A", area="central", languages=("es",)),
    ],
    "offered everywhere is in their area": [
        offer("A", area="", languages=("en",)),
        offer("B", area="central", languages=("es",)),
    ],
    "language before the days to answer": [
        offer("B", area="south", languages=("es",), days=9),
        offer("A", area="south", languages=("en",), days=1),
    ],
    "who answers sooner before who answers later, and both before who isn't known": [
        offer("C", days=1),
        offer("B", days=4),
        offer("A"),
    ],
    "who mostly doesn't answer is like who isn't known": [
        offer("A"),
        replace(offer("B"), answers=Usually(None)),
    ],
    "seats don't matter, only whether there are any": [offer("A", seats=1), offer("B", seats=40)],
    "ties by name": [offer("A", number=7), offer("B", number=5), offer("C", number=6)],
    "named at the start comes first, whatever else": [
        offer("B", number=5, room="full", sender=Sender(OURS, named=[5])),
        offer("A", number=6, sender=Sender(OURS, named=[5])),
    ],
    "who couldn't help before comes last of those that can be asked": [
        offer("B", number=6, room="full", sender=Sender(OURS, before={5: "declined"})),
        offer("A", number=5, sender=Sender(OURS, before={5: "declined"})),
        offer("C", asks=(DIPLOMA,)),
    ],
    "what can't be asked stands below, and below that what isn't for them": [
        offer("E", room="full", asks=(JUSTICE,)),
        offer("B", standing="listed"),
        offer("C", mailbox=None, has_lead=False),
        offer("D", organization=OURS),
        offer("A", seats=9, asks=(YOUNG,)),
    ],
}


@pytest.mark.parametrize("expected", TABLE.values(), ids=TABLE.keys())
def test_the_order(expected):
    assert named(in_order(reversed(expected))) == named(expected)
    assert named(in_order(expected)) == named(expected)


# --- Properties ---------------------------------------------------------------------------------------------------

rules = st.lists(
    st.sampled_from([PHOTO_ID_LATER, DIPLOMA, YOUNG, WORKING_AGE, JUSTICE]), max_size=2, unique=True
)
described = st.fixed_dictionaries(
    {
        "room": st.sampled_from(["open", "waitlist", "full", ""]),
        "seats": st.none() | st.integers(1, 40),
        "ago": st.integers(0, 60),
        "area": st.sampled_from(["", "south", "central"]),
        "languages": st.sampled_from([(), ("en",), ("es",), ("en", "es")]),
        "days": st.none() | st.integers(1, 30),
        "asks": rules.map(tuple),
    }
)


def many(descriptions: list[dict]) -> list[Offer]:
    return [offer("ABCDEFGHIJ"[n], number=n + 10, **each) for n, each in enumerate(descriptions)]


@given(st.lists(described, max_size=10))
def test_nothing_stands_below_what_is_not_for_them(descriptions):
    found = in_order(many(descriptions))
    assert [each.can_be_asked for each in found] == sorted(
        (each.can_be_asked for each in found), reverse=True
    )
    assert all(each.verdict.is_not_met for each in found if each.standing is Standing.NOT_ELIGIBLE)
    assert not any(each.verdict.is_not_met for each in found if each.can_be_asked)


@given(st.lists(described, min_size=1, max_size=10), st.data())
def test_more_room_never_lowers(descriptions, data):
    at = data.draw(st.integers(0, len(descriptions) - 1))
    before = named(in_order(many(descriptions)))
    better = [
        {**each, "room": "open", "ago": 0, "seats": (each["seats"] or 0) + 1} if n == at else each
        for n, each in enumerate(descriptions)
    ]
    after = named(in_order(many(better)))
    assert after.index("ABCDEFGHIJ"[at]) <= before.index("ABCDEFGHIJ"[at])


@given(st.lists(described, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_is_of_no_account(descriptions, chance):
    offers = many(descriptions)
    mixed = list(offers)
    chance.shuffle(mixed)
    assert named(in_order(mixed)) == named(in_order(offers))


@given(described)
def test_each_card_says_why_it_stands_there(description):
    one = offer(**description)
    assert one.chip and one.reasons
    assert (one.standing is Standing.FITS) == (one.room.has_room and one.is_for_them and one.can_be_asked)


# --- What the cards say -------------------------------------------------------------------------------------------


def test_a_card_as_people_read_it():
    one = offer(seats=3, days=1, area="south", languages=("en", "es"), asks=(PHOTO_ID_LATER,))
    assert one.chip == "Fits, 3 seats"
    assert [(each.speaks, each.words) for each in one.reasons] == [
        (True, "Room confirmed 2 days ago"),
        (True, "Usually answers within a day"),
        (True, "In their area: South"),
        (True, "Speaks Spanish"),
        (None, "Needs a photo ID. They don't have it yet. It can be brought later."),
    ]


@pytest.mark.parametrize(
    ("one", "chip", "says"),
    [
        (offer(room="full", full_until=date(2027, 3, 3)), "Full until Mar 3, 2027", "they may say from when"),
        (offer(room="waitlist"), "Waitlist only", "put them on their list"),
        (offer(room=""), "Room not known", "Nobody has said whether there is room."),
        (offer(seats=3, ago=31), "Room not confirmed since Fri, Oct 23", "They said then: Open, 3 seats."),
        (offer(asks=(JUSTICE,)), "Has room, ask them first", "ask them, yes or no, nothing more"),
        (offer(asks=(DIPLOMA,)), "Not eligible", "They don't have one yet."),
        (offer(asks=(YOUNG, PHOTO_ID_LATER)), "Not eligible", "For people aged 18 to 25. They are 36."),
        (offer(days=6), "Fits, has room", "Usually answers within 6 days"),
        (replace(offer(), answers=Usually(None)), "Fits, has room", "Most who asked them had no answer."),
        (offer(organization=OURS), "Can't be asked here", "your own organization"),
        (offer(number=5, sender=Sender(OURS, asked={5})), "Asked already", "still open"),
        (offer(number=5, sender=Sender(OURS, before={5: "expired"})), "Fits, has room", "Asked before:"),
    ],
)  # fmt: skip
def test_what_a_card_says(one, chip, says):
    assert one.chip == chip
    assert says in " ".join(each.words for each in one.reasons)


def test_what_speaks_against_it_is_said_first():
    assert [each.speaks for each in offer(asks=(PHOTO_ID_LATER, WORKING_AGE, DIPLOMA)).reasons] == [
        False,
        None,
        True,
    ]


def test_in_spanish():
    with translation.override("es"):
        words = [each.words for each in offer(seats=3, days=1, area="south", languages=("es",)).reasons]
    assert words[1] == "Suele responder en un día"
