"""The supervisor's pages: what waits, right or not right, and not one byte that says what we are (P9, show 3)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.staticfiles import finders
from django.core import mail
from django.test import Client

from tests.cast import MONDAY
from tests.programs import paid_work
from tests.programs.paid_work import written
from warmhandoff.employers import actions as employers
from warmhandoff.foundation import clock, mail_links, messages
from warmhandoff.foundation.models import Actor, ContactPoint, Duty, Message
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Organization
from warmhandoff.programs.actions import hours, work, worksites
from warmhandoff.programs.models import Funding, ProgramTerms, Timesheet, TimesheetAnswer, WorksiteLink

pytestmark = pytest.mark.django_db
# Besides the names that stand in the database: words that only a justice network uses of itself.
MARKERS = (
    "handoff", "warm hand", "warmhand", "sector", "reentry", "re-entry", "justice", "fair chance", "fair-chance", "arrest", "convict", "probation",
    "parole", "referral", "eligib", "enroll", "subsid", "program", "participant", "case manager", "network", "pwe",
)  # fmt: skip
SPANISH_MARKERS = (
    "programa",
    "justicia",
    "reinserci",
    "libertad condicional",
    "subsidi",
    "participante",
    "referido",
)


class Worksite:
    """The supervisor's browser, and everything that it was ever shown."""

    def __init__(self):
        self.client, self.seen = Client(), []

    def keep(self, response):
        shown = [str(response.status_code), response.content.decode()]
        shown += [f"{name}: {value}" for name, value in response.headers.items()]
        shown += [cookie.output() for cookie in response.cookies.values()]
        self.seen.append("\n".join(shown))
        return response

    def get(self, path, **more):
        with clock.at(MONDAY):
            return self.keep(self.client.get(path, **more))

    def post(self, path, **data):
        with clock.at(MONDAY):
            return self.keep(self.client.post(path, data))

    def press(self, response, path, **data):
        return self.post(path, form_key=key_of(response), **data)


def key_of(response):
    return re.search(r'name="form_key" value="([^"]+)"', response.content.decode())[1]


@pytest.fixture
def c(the_cast):
    return the_cast


@pytest.fixture
def sheet(c):
    with c.acting("denise") as denise:
        return written(paid_work.begun(c, denise), denise)


MAILS = ("programs.hours_wait", "programs.hours_still_wait")


def send_mails():
    with clock.at(MONDAY):
        for message in Message.objects.filter(notice__in=MAILS, state=Message.State.QUEUED):
            messages.deliver(message.pk)


def remind(c, sheet):
    """They are asked again, in both languages."""
    for language in ("en", "es"):
        with c.acting("denise", at=MONDAY):
            ContactPoint.objects.filter(value="joan@ocampo.example").update(language=language)
            Message.objects.filter(notice__in=MAILS).update(queued_at=MONDAY - timedelta(days=2))
            assert worksites.remind(sheet.pk) == ""
        send_mails()
    assert [each.subject for each in mail.outbox[-2:]] == [
        "1 week of hours still waits for you",
        "1 semana de horas todavía le espera",
    ]


def address():
    """The link in the newest mail, without the host."""
    link = re.search(r"http://[^/\s]+(/w/\S+)", mail.outbox[-1].body)
    return link[1]


def test_a_week_is_right_in_one_press(c, sheet):
    send_mails()
    there, path = Worksite(), address()
    page = there.get(path)
    text = page.content.decode()
    assert "1 week waits for you" in text and "Rosa M., week of Nov 16" not in text.split("<h2")[0]
    assert "Rosa M., week of Mon, Nov 16" in text and "Mendoza" not in text and "555-0123" not in text
    right = f"{path}right/{sheet.code}/"
    assert right in text
    assert there.press(page, right).headers["Location"] == path
    after = there.get(path).content.decode()
    assert "Nothing waits for you" in after and "Right, said on Mon, Nov 23" in after
    there.press(page, right)  # an impatient hand
    with c.acting("denise"):
        assert TimesheetAnswer.objects.get().approved


def test_not_right_goes_back_with_its_reason(c, sheet):
    send_mails()
    there, path = Worksite(), address()
    back = f"{path}not-right/{sheet.code}/"
    page = there.get(back)
    assert "The hours of a day differ" in page.content.decode()
    assert there.press(page, back).status_code == 422
    assert there.press(page, back, reason="hours").status_code == 302
    assert "Not right, said on Mon, Nov 23: The hours of a day differ" in there.get(path).content.decode()
    with c.acting("denise"):
        assert Duty.objects.filter(kind="mend_hours", closed_at__isnull=True).count() == 1
    assert there.get(back).headers["Location"] == path  # it doesn't wait any more


def test_looking_changes_nothing(c, sheet):
    send_mails()
    there, path = Worksite(), address()

    def how_it_stands():
        with c.acting("denise"):
            assert Timesheet.objects.exists()
            tables = (Timesheet, TimesheetAnswer, WorksiteLink, Actor, Message)
            return [list(table.objects.order_by("pk").values()) for table in tables]

    before = how_it_stands()
    for more in ("", f"right/{sheet.code}/", f"not-right/{sheet.code}/", "fresh/"):
        there.get(path + more)
    assert before == how_it_stands()


def test_a_week_of_another_worksite_is_not_there(c, sheet):
    with c.acting("denise") as denise:
        other = written(paid_work.begun(c, denise, enrollment=sheet.work.enrollment, at=paid_work.worksite(denise, name="Bay Bakery", email="max@bay.example")), denise, (0, 0, 0, 0, 0, 8, 0))  # fmt: skip
    send_mails()
    link = WorksiteLink.objects.exclude(supervisor=other.work.supervisor).get()
    path = f"/w/{mail_links.token_of(link)}/"
    there = Worksite()
    page = there.get(path)
    assert "Bay Bakery" not in page.content.decode()
    there.press(page, f"{path}right/{other.code}/")
    there.press(page, f"{path}not-right/{other.code}/", reason="hours")
    with c.acting("denise"):
        assert Timesheet.objects.count() == 2 and not TimesheetAnswer.objects.exists()


def test_a_supervisor_who_left_reads_nothing(c, sheet):
    send_mails()
    with c.acting("denise") as denise:
        employers.end_contact(contact=sheet.work.supervisor, by=denise.actor)
    page = Worksite().get(address())
    assert (
        page.status_code == 410
        and "This link was stopped" in page.content.decode()
        and "Rosa" not in page.content.decode()
    )


def test_a_fresh_link_goes_to_the_same_mailbox(c, sheet):
    send_mails()
    there, path = Worksite(), address()
    with clock.at(MONDAY):
        hours.fresh_link(link=WorksiteLink.objects.get())
    send_mails()
    old = there.get(path)
    assert old.status_code == 410 and "A newer mail was sent" in old.content.decode()
    assert there.post(f"{path}fresh/").status_code == 302
    send_mails()
    assert mail.outbox[-1].to == ["joan@ocampo.example"]
    assert there.get(address()).status_code == 200


# --- Show 3: every byte ------------------------------------------------------------------------------------------


def names():
    """Every name of a program, a grant, an organization of the network, and of the network itself."""
    place = current_place().names
    found = {place.network, place.participants}
    found |= set(ProgramTerms.objects.values_list("name", flat=True))
    found |= set(ProgramTerms.objects.values_list("name_es", flat=True))
    found |= set(Funding.objects.values_list("grant", flat=True))
    found |= set(Organization.objects.values_list("name", flat=True))
    return {name.casefold() for name in found if name}


def told(text):
    """What in this text would tell an employer who we are."""
    text = text.casefold()
    squeezed = re.sub(r"[\W_]+", "", text)
    marked = {word for word in (*MARKERS, *SPANISH_MARKERS) if word in text}
    return marked | {name for name in names() if name in text or re.sub(r"[\W_]+", "", name) in squeezed}


def test_the_search_itself_finds_what_it_looks_for(c, sheet):
    names_there = names()
    assert {
        "warm handoff",
        "eastgate community partners",
        "harbor reentry",
        "pathways to work",
        "made-up grant",
    } <= names_there
    assert told('href="/static/warmhandoff/page.css"') >= {"warm handoff"}
    assert told("Pathways-to-Work.pdf") >= {"pathways to work"}
    assert told("Career Connections, 1200 Palm Street") == set()


@pytest.fixture
def own_address(settings):
    """As a deployment should have it: a name of its own for employers."""
    settings.EMPLOYER_FROM_EMAIL = "hours@connections.example"
    settings.EMPLOYER_URL = "http://work.connections.example"
    settings.ALLOWED_HOSTS = ["work.connections.example", "testserver"]


def test_not_one_byte_says_what_we_are(own_address, c, sheet):
    send_mails()
    remind(c, sheet)
    link = WorksiteLink.objects.get()
    there, path = Worksite(), f"/w/{mail_links.token_of(link)}/"
    for language in ("", "?lang=es"):
        page = there.get(path + language)
        there.get(f"{path}not-right/{sheet.code}/{language}")
        there.press(page, f"{path}not-right/{sheet.code}/{language}")  # with its error
        there.get(f"/w/{'x' * 20}/{language}")  # never made
        there.get(f"/w/never/ever/was/this/{language}")
        there.get("/w/\x00")
    there.press(page, f"{path}not-right/{sheet.code}/", reason="hours")
    with c.acting("denise") as denise:
        right = hours.correct_hours(
            sheet=sheet,
            hours=[*sheet.hours[:4], *sheet.hours[5:], sheet.hours[6]],
            reason="sent_back",
            by=denise.actor,
        )
    send_mails()
    there.press(there.get(path), f"{path}right/{right.code}/")
    there.get(path)
    with clock.at(MONDAY + timedelta(days=90)):
        there.keep(there.client.get(path))  # too old
        there.keep(there.client.post(f"{path}fresh/"))
    with c.acting("denise") as denise:
        employers.end_contact(contact=link.supervisor, by=denise.actor)
    there.get(path)  # stopped
    for elsewhere in ("/", "/account/sign-in/", "/people/", "/healthz/", "/robots.txt"):
        there.keep(there.client.get(elsewhere, HTTP_HOST="work.connections.example"))
    seen = [
        *there.seen,
        *(each.message().as_string() for each in mail.outbox),
        *(each.body for each in mail.outbox),
    ]
    assert len(seen) >= 28 and len(mail.outbox) >= 4
    assert {found for text in seen for found in told(text)} == set()
    for sent in mail.outbox:
        assert (
            "Career Connections" in sent.from_email
            and "connections.example" in sent.extra_headers["Message-ID"]
        )
        assert not sent.attachments


def test_nor_does_any_file_that_a_page_asks_for(c, sheet):
    send_mails()
    there, path = Worksite(), address()
    for page in (path, f"{path}not-right/{sheet.code}/"):
        there.get(page)
    asked = set(re.findall(r'/static/([^"#?]+)', "\n".join(there.seen)))
    assert "plain/page.css" in asked
    for name in asked:
        found = finders.find(name)
        assert told(name) == set(), name
        if name.startswith("plain/"):
            with open(found, encoding="utf-8") as file:
                assert told(file.read()) == set(), name


def test_what_breaks_is_told_in_the_same_frame(c, sheet, monkeypatch):
    from warmhandoff.web.worksite import views

    send_mails()
    there, path = Worksite(), address()
    there.client.raise_request_exception = False

    def broken(*_args):
        raise RuntimeError("Warm Handoff broke")

    monkeypatch.setattr(views, "for_supervisor", broken)
    page = there.get(path)
    assert page.status_code == 500 and "Nothing you sent was saved" in page.content.decode()
    assert told(there.seen[-1]) == set()


def test_the_yes_that_was_taken_back_empties_the_page(c, sheet):
    send_mails()
    with c.acting("denise") as denise:
        work.introduce(work=sheet.work, agrees=False, how="spoken", by=denise.actor)
    page = Worksite().get(address()).content.decode()
    assert "Rosa" not in page and "Nothing waits for you" in page
