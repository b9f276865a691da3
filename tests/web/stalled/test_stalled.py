"""Behind the weekly mail: who it is after the code alone, each row by itself, and nothing twice."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from tests import cast
from tests.cast import Cast
from tests.web.desk import Desk, text_of
from tests.web.stalled.asked import ASKED, GOES_ON, NAMES, SECRETS, Asked, ask, asked
from warmhandoff.foundation import clock, mail_links, scoping
from warmhandoff.foundation.models import AccessLog, FormKey, Message
from warmhandoff.participants.models import Consent, Participant
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import (
    Referral,
    ReferralEvent,
    Stall,
    StallLink,
    StallLinkCode,
    StallLinkGrant,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_counted_yet(the_cast):
    cache.clear()


@pytest.fixture
def a(settings) -> Asked:
    settings.DEMO = True
    return asked()


@pytest.fixture
def known(a) -> Asked:
    """In a browser that gave the code."""
    a.give_code()
    return a


def at_desk(c: Cast, who: str, at=ASKED) -> Desk:
    desk = Desk(c, who)
    desk.at = at
    return desk


def confirmed(a: Asked, at=None):
    with a.cast.acting("denise", at or a.at):
        return list(
            ReferralEvent.objects.filter(kind="confirmed").order_by("id").values_list("referral_id", "detail")
        )


# --- Before the code ----------------------------------------------------------------------------------------------


def test_a_look_shows_codes_and_nobody_and_changes_nothing(a):
    before = [model.objects.count() for model in (StallLinkCode, StallLinkGrant, FormKey, Message)]
    said = a.get()
    assert "How does it go with 2 people?" in text_of(said)
    for referral in a.referrals:
        assert f"Case {referral.code}" in said
    assert not [secret for secret in (*SECRETS, "Andre") if secret in said]
    with clock.at(a.at):
        assert a.client.head(a.url()).status_code == 200
    assert [model.objects.count() for model in (StallLinkCode, StallLinkGrant, FormKey, Message)] == before


def test_a_forwarded_link_answers_nothing(a):
    a.give_code()
    stranger = Client()
    assert not [secret for secret in SECRETS if secret in a.get(client=stranger)]
    code = a.referrals[0].code
    said = a.post("", client=stranger, **{"form_key": a.key(client=stranger), f"{code}-going": "no", f"{code}-why": "moved_away"})  # fmt: skip
    assert "First a code, to this mailbox" in said
    assert a.state_of("Rosa") == "engaged" and not confirmed(a)


# --- After it -----------------------------------------------------------------------------------------------------


def test_the_code_shows_who_it_is_and_writes_it_down(known):
    said = known.get()
    assert "Rosa M." in said and "Andre M." in said and "555-0123" not in said
    with scoping.acting_as(None, organization_id=known.link.organization_id):
        assert AccessLog.objects.filter(subject_kind="referral", actor__kind="mailbox").count() >= 2


def test_one_row_is_answered_by_itself(known):
    said = known.answer(Rosa=GOES_ON)
    assert "1 answer is kept." in said and "How does it go with 1 person?" in said
    assert "Last seen on Wed, Jan 20. Sunrow Solar School says that it goes on. Next: the next session, as planned, by Tue, Feb 9." in said  # fmt: skip
    assert confirmed(known) == [(known.referrals[0].pk, "next_session")]
    assert "Nothing is left to answer" in known.answer(Andre=GOES_ON)


def test_what_is_right_is_kept_and_what_is_wrong_is_named_by_its_row(known):
    wrong = GOES_ON | {"last_seen_on": "2027-01-27", "next_by": ""}
    said = known.answer(422, Rosa=GOES_ON, Andre=wrong)
    assert "The others are kept. Please mend this:" in said and "1 answer is kept." in said
    assert "Andre M., By when? : Say by when." in said
    said = known.answer(422, Andre=wrong | {"next_by": "2027-02-09"})
    assert "Andre M., Last seen on : This day is still to come." in said
    assert [pk for pk, _ in confirmed(known)] == [known.referrals[0].pk]
    known.answer(Andre=GOES_ON)
    assert len(confirmed(known)) == 2


def test_after_a_press_that_kept_nothing_the_mended_row_is_kept(known):
    """From the very page that showed what was wrong."""
    code = known.referrals[0].code
    data = {"form_key": known.key()} | {f"{code}-{k}": v for k, v in (GOES_ON | {"next_by": ""}).items()}
    with clock.at(known.at):
        page = known.client.post(known.url(), data).content.decode()
    key = re.search(r'name="form_key" value="([^"]+)"', page)[1]
    assert "1 answer is kept." in known.post("", **data | {"form_key": key, f"{code}-next_by": "2027-02-09"})


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"going": "yes"}, "Say when you last saw them."),
        (GOES_ON | {"going": ""}, "Say yes or no."),
        (GOES_ON | {"next_by": "2027-01-25"}, "This day has passed."),
        (GOES_ON | {"next_by": "2027-02-26"}, "That is too far ahead."),
        (GOES_ON | {"last_seen_on": "2026-11-22"}, "said yes by then."),
        (GOES_ON | {"last_seen_on": "yesterday"}, "Give the day as month, day and year"),
        (GOES_ON | {"what_next": "gossip"}, "Select a valid choice"),
        ({"going": "no"}, "Say why it ended"),
        ({"going": "no", "why": "lost_contact"}, "Select a valid choice"),
    ],
)
def test_rows_that_can_not_be(known, said, says):
    page = known.answer(422, Rosa=said)
    assert says in page and "Nothing was saved yet." in page and "Rosa M." in page
    assert not confirmed(known) and known.state_of("Rosa") == "engaged"


def test_an_empty_press_says_so(known):
    assert "Nothing was answered yet" in known.answer(422)


def test_a_day_can_be_typed(known):
    known.answer(Rosa=GOES_ON | {"last_seen_on": "01/20/2027", "next_by": "02/09/2027"})
    assert len(confirmed(known)) == 1


def test_a_no_ends_it(known):
    said = known.answer(Rosa={"going": "no", "why": "moved_away", "last_seen_on": "2027-01-04"})
    assert "Last seen on Mon, Jan 4. It ended early: They moved away." in said
    assert known.state_of("Rosa") == "ended_early"
    assert "Say it right: Rosa" not in known.get()
    assert "Sunrow Solar School ended early" in at_desk(known.cast, "denise", known.at).get("/today/")


def test_an_answer_is_said_right(known):
    known.answer(Rosa=GOES_ON)
    code = known.referrals[0].code
    page = known.get(f"?again={code}")
    assert f'name="{code}-next_by" value="2027-02-09"' in page
    known.answer(Rosa=GOES_ON | {"what_next": "last_day"})
    assert [detail for _, detail in confirmed(known)] == ["next_session", "last_day"]
    said = at_desk(known.cast, "denise", known.at).get(f"/referrals/{code}/")
    assert "Correction." in said and "their last day, as planned" in said


def test_a_second_post_of_the_same_form_is_the_first(known):
    code, key = known.referrals[0].code, known.key()
    data = {"form_key": key} | {f"{code}-{name}": value for name, value in GOES_ON.items()}
    for _ in range(3):
        known.post("", **data)
    known.post("", **data | {f"{code}-going": "no", f"{code}-why": "moved_away"})
    assert len(confirmed(known)) == 1 and known.state_of("Rosa") == "engaged"


def test_without_its_key_a_press_changes_nothing(known):
    code = known.referrals[0].code
    known.post("", 422, **{f"{code}-{name}": value for name, value in GOES_ON.items()})
    assert not confirmed(known)


def test_what_is_kept_of_a_form_never_holds_the_address(known):
    known.answer(Rosa=GOES_ON)
    assert not [each.result for each in FormKey.objects.all() if "/g/" in each.result]


def test_a_row_of_somebody_else_is_not_there(known):
    """A referral that this mailbox was not asked about, by its code."""
    with known.cast.acting("denise", known.at) as denise:
        other = cast.refer(cast.take_in(denise, cast.told("Other")), known.cast.services["carpentry"], denise)
    known.post(
        "", 422, **{"form_key": known.key(), f"{other.code}-going": "no", f"{other.code}-why": "moved_away"}
    )
    with known.cast.acting("denise", known.at):
        assert Referral.objects.get(pk=other.pk).state == "sent"


# --- What moved meanwhile -----------------------------------------------------------------------------------------


def test_revoked_sharing_takes_the_name_away_at_once(known):
    assert "Rosa M." in known.get()
    with known.cast.acting("denise", known.at) as denise:
        consent = Consent.objects.get(pk=known.referrals[0].consent_id)
        actions.stop_sharing(consent=consent, by=denise.actor)
    said = known.get()
    assert "Rosa" not in said and f"Case {known.referrals[0].code}" in said and "Andre M." in said
    known.answer(Rosa=GOES_ON)
    assert len(confirmed(known)) == 1


def test_a_row_that_ended_meanwhile_is_gone_and_the_others_are_kept(known):
    code = known.referrals[0].code
    key = known.key()
    with known.cast.acting("denise", known.at) as denise:
        found = Referral.objects.get(pk=known.referrals[0].pk)
        actions.withdraw(referral=found, reason="found_other", by=denise.actor)
    other = known.referrals[1].code
    rows = {f"{each}-{name}": value for each in (code, other) for name, value in GOES_ON.items()}
    said = known.post("", form_key=key, **rows)
    assert "1 answer is kept." in said
    assert confirmed(known) == [(known.referrals[1].pk, "next_session")]


# --- The link itself ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["signature", "number", "generation", "another kind"])
def test_a_forged_link_opens_nothing(a, change):
    number, generation, signature = mail_links.token_of(a.link).split(".")
    token = {
        "signature": f"{number}.{generation}.{'A' * len(signature)}",
        "number": f"{int(number) + 1}.{generation}.{signature}",
        "generation": f"{number}.{int(generation) + 1}.{signature}",
        "another kind": mail_links.signed("answer", f"{number}.{generation}"),
    }[change]
    for method in (Client().get, Client().post):
        answer = method(f"/g/{token}/")
        assert answer.status_code == 404 and "This link opens nothing" in text_of(answer.content)


def test_last_weeks_link_says_that_a_newer_one_was_sent(known):
    old = known.url()
    later = known.at + timedelta(days=7)
    ask(known.cast, at=later)
    with clock.at(later):
        page = known.client.get(old)
        assert page.status_code == 410 and "A newer mail was sent" in text_of(page.content)
        assert known.client.post(old, {"form_key": "x"}).status_code == 410
    assert not confirmed(known, later)


def test_a_link_that_is_too_old_is_renewed_to_the_same_mailbox(a):
    old, a.at = a.url(), a.at + timedelta(days=31)
    with clock.at(a.at):
        page = Client().get(old)
        assert page.status_code == 410 and "This link is too old" in text_of(page.content)
        before = Message.objects.count()
        assert Client().post(f"{old}fresh/").status_code == 302
    assert Message.objects.count() == before + 1
    assert Message.objects.latest("pk").contact_point_id == a.link.mailbox_id


def test_not_your_mailbox(a):
    a.post("wrong-mailbox/", form_key=a.key("wrong-mailbox/"), status=302)
    assert "This link was stopped" in text_of(a.get(status=410))
    assert StallLink.objects.get().revoked_at is not None


def test_it_speaks_spanish(known):
    with clock.at(known.at):
        said = text_of(known.client.get(known.url(), {"lang": "es"}).content)
    assert "¿Cómo va con 2 personas?" in said and "Guardar" in said


# --- Signed in ----------------------------------------------------------------------------------------------------


@pytest.fixture
def vera(settings, the_cast) -> tuple[Cast, Referral, Desk]:
    """Valley answers behind the sign-in as well."""
    settings.DEMO = True
    c = the_cast
    with c.acting("denise") as denise:
        referral = cast.refer(cast.take_in(denise), c.services["carpentry"], denise)
    with c.acting("vera") as member:
        for verb, more in ((actions.accept, {"reply": actions.Reply("Vera")}), (actions.engage, {})):
            verb(referral=Referral.objects.get(pk=referral.pk), by=member.actor, **more)
    ask(c, "valley")
    return c, referral, at_desk(c, "vera", ASKED)


def test_staff_answers_the_same_sheet(vera):
    c, referral, desk = vera
    assert "how it goes with 1 person. Say how it goes" in desk.get("/referrals/?tab=in")
    assert "Rosa M." in desk.get("/referrals/stalled/")
    said = desk.send("/referrals/stalled/", **{f"{referral.code}-{k}": v for k, v in GOES_ON.items()})
    assert "1 answer is kept." in said and "Nothing is left to answer" in said
    assert "says that it goes on" in desk.get(f"/referrals/{referral.code}/")
    denise = at_desk(c, "denise", ASKED)
    file = Participant.objects  # by its owner
    assert "says that it goes on" in denise.get(f"/referrals/{referral.code}/")
    with c.acting("denise", ASKED):
        code = file.get(person_id=referral.person_id, organization=c.organizations["eastgate"]).code
    assert "still in Carpentry basics. Last seen on Wed, Jan 20. Next: the next session, as planned, by" in denise.get(f"/people/{code}/")  # fmt: skip


def test_one_of_them_on_a_page_of_its_own(vera):
    c, referral, desk = vera
    assert "Say how it stands" in desk.get("/today/")
    where = f"/referrals/{referral.code}/still/"
    day = {"last_seen_on_month": "1", "last_seen_on_day": "20", "last_seen_on_year": "2027"}
    day |= {"next_by_month": "2", "next_by_day": "9", "next_by_year": "2027", "what_next": "next_session"}
    assert "says that it goes on" in desk.send(where, **day)
    with c.acting("vera", ASKED):
        assert not Stall.objects.filter(answered_at=None).exists()


@pytest.mark.parametrize("who", ["denise", "ines", "luz"])
def test_a_stranger_finds_nothing_of_it(vera, who):
    c, referral, _desk = vera
    said = at_desk(c, who).get("/referrals/stalled/")
    assert referral.code not in said and "Rosa" not in said


def test_nothing_has_stalled(vera):
    c, _referral, _desk = vera
    assert "Nothing is left to answer" in at_desk(c, "paul", ASKED).get("/referrals/stalled/")


# --- Nobody answers -----------------------------------------------------------------------------------------------


def test_the_board_names_the_organization_and_the_codes(a):
    luz = at_desk(a.cast, "luz", a.at + timedelta(days=10))
    said = luz.get("/network/")
    assert "Asked how it goes, and no answer" in said and "Sunrow Solar School" in said
    for referral in a.referrals:
        assert referral.code in said
    assert not [secret for secret in (*SECRETS, *NAMES) if secret in said]
    assert "Asked how it goes, and no answer" not in at_desk(a.cast, "luz", a.at).get("/network/")


# --- Forty of them ------------------------------------------------------------------------------------------------


def test_forty_rows_in_one_press(settings, django_assert_max_num_queries):
    settings.DEMO = True
    a = asked(40)
    a.give_code()
    assert a.get().count('class="stall"') == 40
    with django_assert_max_num_queries(140):
        a.get()
    rows = {f"{each.code}-{k}": v for each in a.referrals for k, v in GOES_ON.items()}
    assert "40 answers are kept." in a.post("", form_key=a.key(), **rows)
    assert len(confirmed(a)) == 40
