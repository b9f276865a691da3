"""“This doesn’t work for us”: from any page, without personal data, told back, shared, and counted once for each organization."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection, transaction
from django.test import Client

from tests import cast
from tests.web.people.desk import form_of, get, post, send, signed_in, text
from warmhandoff.foundation import scoping
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Message
from warmhandoff.network import improvements
from warmhandoff.network.models import (
    Improvement,
    ImprovementChange,
    ImprovementReport,
    ImprovementVoice,
    ImprovementWords,
)
from warmhandoff.participants.models import Participant

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

TRYING = "Find somebody by the street they live in"


def says(c, name="denise", trying=TRYING, **more):
    with c.acting(name) as member:
        seen = improvements.Seen("people:find", member.membership.role, member.membership.organization)
        return improvements.report(trying=trying, seen=seen, by=member.actor, **more)


def answers(c, report, state="planned", said="We add it in spring.", **more):
    with c.acting("luz") as luz:
        improvements.say_back(
            improvement=Improvement.objects.get(reports=report),
            told=improvements.Said(state, said, **more),
            by=luz.actor,
        )


# --- The link and the form ----------------------------------------------------------------------------------------


def test_each_page_has_the_link_with_its_name_and_not_its_address(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        referral = cast.refer(file, c.services["solar"], denise)
    client = signed_in(c, "denise")
    for address, name in (
        ("/today/", "today:home"),
        (f"/people/{file.code}/", "people:person"),
        (f"/referrals/{referral.code}/", "referrals:referral"),
    ):
        link = get(client, address).select_one("footer a")
        assert link["href"] == f"/improvements/say/?on={name.replace(':', '%3A')}"
    for address in ("/account/sign-in/", "/c/", "/improvements/said/"):
        assert get(Client(), address).select_one("footer a") is not None, address
    assert get(client, "/nowhere/", status=404).select_one("footer a") is not None


def test_a_member_says_it_and_sees_it(c):
    client = signed_in(c, "denise")
    answer = send(
        client,
        "/improvements/say/?on=people:find",
        trying=TRYING,
        happened="Nothing came.",
        width="phone",
        may_ask_back="on",
    )
    page = get(client, answer.headers["Location"])
    assert "Thank you." in text(page) and "Under “People”" in text(page) and "New" in text(page)
    assert TRYING not in text(page), "what was typed is the office's"
    (found,) = ImprovementReport.objects.select_related("organization")
    assert (found.page, found.role, found.width, found.language, found.may_ask_back) == (
        "people:find", "case_manager", "phone", "en", True,
    )  # fmt: skip
    assert found.organization == c.organizations["eastgate"] and found.version


def test_a_second_press_says_it_once(c):
    client = signed_in(c, "denise")
    values = form_of(get(client, "/improvements/say/")) | {"trying": TRYING}
    where = {post(client, "/improvements/say/", values).headers["Location"] for _ in range(2)}
    assert len(where) == 1 and ImprovementReport.objects.count() == 1


def test_nothing_of_an_address_is_kept(c):
    """Whoever changes the link can write nothing into it but the name of a page."""
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
    for on in (f"/people/{file.code}/", "Rosa Mendoza", f"people:{file.code}", "x" * 61, "a:b:c"):
        send(signed_in(c, "denise"), "/improvements/say/", trying=TRYING, on=on, width="1234")
    assert set(ImprovementReport.objects.values_list("page", "width")) == {("", "")}
    columns = [f.name for f in ImprovementReport._meta.concrete_fields]
    assert not {"url", "path", "address", "query"} & set(columns)


def test_a_visitor_says_it_and_gets_a_code(c):
    visitor = Client()
    answer = send(visitor, "/improvements/say/?on=answer:page", trying=TRYING)
    (found,) = ImprovementReport.objects.all()
    assert found.by is None and found.organization is None and found.page == "answer:page"
    page = get(visitor, answer.headers["Location"])
    assert found.code in text(page) and TRYING not in text(page)
    answers(c, found)
    looked = send(Client(), "/improvements/said/", code=f" {found.code[:4].lower()} {found.code[4:]}")
    page = get(Client(), looked.headers["Location"])
    assert "We add it in spring." in text(page) and "Planned" in text(page)
    assert send(Client(), "/improvements/said/", code="XXXXXXXXXX").status_code == 422
    assert Client().get("/improvements/said/XXXXXXXXXX/").status_code == 404


def test_a_member_s_report_is_shown_behind_no_code(c):
    found = says(c)
    assert Client().get(f"/improvements/said/{found.code}/").status_code == 404


def test_visitors_who_say_a_lot_are_asked_to_wait(c):
    visitor = Client()
    values = form_of(get(visitor, "/improvements/say/"))
    codes = []
    for n in range(12):
        page = form_of(get(visitor, "/improvements/say/")) | {"trying": f"{TRYING} {n}"}
        codes.append(post(visitor, "/improvements/say/", page).status_code)
    assert codes == [302] * 10 + [429] * 2 and values
    assert send(signed_in(c, "denise"), "/improvements/say/", trying=TRYING).status_code == 302


def test_an_empty_form_is_refused_with_a_sentence(c):
    answer = send(signed_in(c, "denise"), "/improvements/say/", trying="  ")
    assert answer.status_code == 422 and ImprovementReport.objects.count() == 0


def test_in_spanish_for_a_visitor(c):
    visitor = Client()
    link = get(visitor, "/c/", headers={"Accept-Language": "es"}).select_one("footer a")["href"]
    assert "Esto no nos funciona" in text(get(visitor, link), "h1"), "in the language of the page it stood on"
    answer = send(visitor, link, trying=TRYING)
    (found,) = ImprovementReport.objects.all()
    assert found.language == "es"
    answers(c, found, said_es="Lo agregamos en primavera.")
    assert "Lo agregamos en primavera." in text(get(visitor, answer.headers["Location"]))


# --- Who reads what was typed -------------------------------------------------------------------------------------


def test_only_the_office_reads_what_was_typed(c):
    says(c)
    for name in ("denise", "marcus", "ines", "vera", "grace", "adam"):
        with c.acting(name):
            assert ImprovementWords.objects.count() == 0, name
    with c.acting("luz"):
        assert ImprovementWords.objects.get().trying == TRYING
    with scoping.acting_as(None):
        assert ImprovementWords.objects.count() == 0
    assert ImprovementWords.objects.count() == 0


def test_the_office_finds_its_list_in_its_menu_and_on_its_board(c):
    for name, found in (("luz", 2), ("denise", 0), ("adam", 0)):
        client = signed_in(c, name)
        page = get(client, "/network/" if found else "/organization/")
        assert len(page.select('a[href="/improvements/office/"]')) == found, name
    assert "What people say doesn’t work" in text(get(signed_in(c, "luz"), "/improvements/office/"))


def test_nobody_writes_words_into_somebody_else_s_report(c):
    from warmhandoff.foundation import together

    found = ImprovementReport.objects.create(improvement=Improvement.objects.create(), language="en")
    with pytest.raises(Exception, match="row-level security"), c.acting("ines"):
        together.write([ImprovementWords(report=found, trying="Mine")])
    with (
        pytest.raises(Exception, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE network_improvementwords SET trying = 'other'")


def test_who_is_not_of_the_office_opens_nothing_there(c):
    found = says(c)
    improvement = Improvement.objects.get(reports=found)
    pages = (
        "/improvements/office/",
        f"/improvements/office/{improvement.code}/",
        "/improvements/office/file/",
    )
    for address in (*pages, f"/improvements/office/{improvement.code}/merge/"):
        assert signed_in(c, "denise").get(address).status_code == 403
        assert signed_in(c, "adam").get(address).status_code == 403
        assert signed_in(c, "luz").get(address).status_code == 200


def test_a_navigator_who_works_elsewhere_finds_nothing(c):
    from warmhandoff.network.models import Membership

    Membership.objects.filter(pk=c.members["marcus"].pk).update(role="navigator")
    assert signed_in(c, "marcus").get("/improvements/office/").status_code == 404


# --- The office's word --------------------------------------------------------------------------------------------


def test_the_office_says_back_and_the_reporter_hears(c):
    found = says(c)
    code = Improvement.objects.get(reports=found).code
    page = get(signed_in(c, "luz"), f"/improvements/office/{code}/")
    assert TRYING in text(page) and "Eastgate Community Partners, case manager" in text(page)
    assert "Denise" not in text(page), "she did not say that she may be asked"
    answer = send(
        signed_in(c, "luz"), f"/improvements/office/{code}/", state="planned", said="We add it in spring.",
        words="Finding somebody by their street",
    )  # fmt: skip
    assert answer.status_code == 302
    page = get(signed_in(c, "denise"), "/improvements/mine/")
    assert "We add it in spring." in text(page) and "Planned" in text(page)
    (mail,) = Message.objects.filter(notice="network.improvement")
    assert (mail.organization_id, mail.contact_point_id) == (
        c.members["denise"].organization_id,
        c.members["denise"].mail_id,
    )
    assert [each.state for each in ImprovementChange.objects.all()] == ["planned"]


def test_she_may_be_asked_where_she_said_so(c):
    found = says(c, may_ask_back=True)
    code = Improvement.objects.get(reports=found).code
    assert "You may ask Denise Carter about it." in text(
        get(signed_in(c, "luz"), f"/improvements/office/{code}/")
    )


def test_the_mail_holds_nothing_that_was_typed(c, mailoutbox):
    found = says(c)
    answers(c, found)
    from warmhandoff.foundation import messages

    (row,) = Message.objects.filter(notice="network.improvement")
    with c.acting("denise"):
        from warmhandoff.foundation.models import ContactPoint

        mail, _subject, _text = messages.compose(
            messages.notice_of(row), ContactPoint.objects.get(pk=row.contact_point_id)
        )
    assert (
        "We add it in spring." in mail.body and "planned" in mail.body and TRYING not in str(mail.message())
    )


def test_words_for_the_list_alone_tell_nobody(c):
    found = says(c)
    answers(c, found, "new", "", words="Finding somebody by their street")
    assert not Message.objects.filter(notice="network.improvement").exists()
    answers(c, found, "new", "", words="Finding somebody by street")
    assert ImprovementChange.objects.count() == 0


def test_a_decision_says_why(c):
    found = says(c)
    for state in ("planned", "done", "not_now"):
        with pytest.raises(BadValue):
            answers(c, found, state, "")
    with pytest.raises(BadValue):
        answers(c, found, "whatever")
    answers(c, found, "looking", "")


def test_rolled_back_leaves_nothing(c):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        answers(c, says(c))
        raise ZeroDivisionError
    assert (
        not ImprovementReport.objects.exists()
        and not Message.objects.filter(notice="network.improvement").exists()
    )


def test_the_same_said_twice_is_put_together(c):
    one, two = says(c), says(c, "ines", "Look somebody up by address")
    first, second = (Improvement.objects.get(reports=each) for each in (one, two))
    answers(c, one, words="Finding somebody by their street")
    with c.acting("paul") as paul:
        improvements.have_this_too(
            improvement=first, organization=paul.membership.organization, by=paul.actor
        )
    client = signed_in(c, "luz")
    answer = send(client, f"/improvements/office/{second.code}/merge/", into=first.code)
    assert answer.headers["Location"] == f"/improvements/office/{first.code}/"
    page = get(client, answer.headers["Location"])
    assert TRYING in text(page) and "Look somebody up by address" in text(page)
    assert "said 2 times, 1 organization has it too" in text(get(client, "/improvements/office/"))
    assert (
        Message.objects.filter(
            notice="network.improvement", organization_id=c.members["ines"].organization_id
        ).count()
        == 1
    )
    assert "We add it in spring." in text(get(signed_in(c, "ines"), "/improvements/mine/"))
    with pytest.raises(WrongState), c.acting("luz") as luz:
        improvements.merge(improvement=second, into=first, by=luz.actor)
    with pytest.raises(WrongState), c.acting("luz") as luz:
        improvements.say_back(improvement=second, told=improvements.Said("looking"), by=luz.actor)
    with pytest.raises(BadValue), c.acting("luz") as luz:
        improvements.merge(improvement=first, into=first, by=luz.actor)


# --- The list that all read ---------------------------------------------------------------------------------------


def test_the_list_has_the_office_s_words_and_nobody_s_own(c):
    found = says(c)
    assert "Nothing stands here yet." in text(get(signed_in(c, "paul"), "/improvements/"))
    answers(c, found, words="Finding somebody by their street")
    page = get(signed_in(c, "paul"), "/improvements/")
    assert "Finding somebody by their street" in text(page) and "We add it in spring." in text(page)
    assert TRYING not in text(page) and "Eastgate" not in text(page, "main") and "Denise" not in text(page)


def test_an_organization_is_counted_once(c):
    found = says(c)
    answers(c, found, words="Finding somebody by their street")
    improvement = Improvement.objects.get()
    client = signed_in(c, "paul")
    values = form_of(get(client, "/improvements/"), "too")
    for _ in range(2):
        assert post(client, f"/improvements/{improvement.code}/too/", values).status_code == 302
    other = signed_in(c, "ines")
    page = get(other, "/improvements/")
    assert "1 organization has it too" in text(page) and "You have this too" in text(page)
    with c.acting("ines") as ines:
        improvements.have_this_too(
            improvement=improvement, organization=ines.membership.organization, by=ines.actor
        )
    assert ImprovementVoice.objects.count() == 1


def test_what_is_not_on_the_list_has_no_voice(c):
    found = says(c)
    improvement = Improvement.objects.get(reports=found)
    with pytest.raises(NotYours), c.acting("paul") as paul:
        improvements.have_this_too(
            improvement=improvement, organization=paul.membership.organization, by=paul.actor
        )
    values = {"form_key": form_of(get(signed_in(c, "paul"), "/improvements/say/"))["form_key"]}
    assert post(signed_in(c, "paul"), f"/improvements/{improvement.code}/too/", values).status_code == 404


# --- The file -----------------------------------------------------------------------------------------------------


def test_the_office_s_file_has_each_report_and_runs_nothing(c):
    says(c)
    says(c, "ines", '=HYPERLINK("http://x")')
    answer = signed_in(c, "luz").get("/improvements/office/file/")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row["trying"] for row in rows} == {TRYING, '\'=HYPERLINK("http://x")'}
    assert {row["organization"] for row in rows} == {"Eastgate Community Partners", "Harbor Reentry"}
    assert "Denise" not in answer.content.decode() and rows[0]["page"] == "people:find"


def test_no_participant_is_pointed_at(c):
    """No table of it has a way to a person."""
    for model in (Improvement, ImprovementReport, ImprovementWords, ImprovementVoice, ImprovementChange):
        assert not [f for f in model._meta.get_fields() if f.related_model is Participant]
        assert not [f.name for f in model._meta.concrete_fields if "person" in f.name]
