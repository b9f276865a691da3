"""A request is one transaction, rendering included, and what goes wrong is told after all of it is undone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import DatabaseError, IntegrityError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.urls import path
from psycopg import errors as pg

from tests.web.staff import membership, organization, signed_in
from warmhandoff.foundation import scoping
from warmhandoff.foundation.errors import DomainError, NotAllowed, NotYours, WrongState
from warmhandoff.network.models import Membership, Organization
from warmhandoff.network.roles import classes_of
from warmhandoff.web.site import errors
from warmhandoff.web.site.access import public
from warmhandoff.web.site.access import signed_in as anybody_signed_in
from warmhandoff.web.site.context import actor_for
from warmhandoff.web.site.urls import (
    handler400,
    handler403,
    handler404,
    handler429,
    handler500,
)
from warmhandoff.web.site.urls import (
    urlpatterns as product,
)

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]


def write() -> None:
    Organization.objects.create(name="Written in the view", kinds=["cbo"])


def written() -> bool:
    return Organization.objects.filter(name="Written in the view").exists()


class Full(DomainError):
    code = "full"
    sentence = "The last seat went a minute ago."
    mend = "Choose another class."


RAISED = {
    "domain": Full(),
    "state": WrongState(),
    "not-yours": NotYours(),
    "not-allowed": NotAllowed(),
    "denied": PermissionDenied(),
    "bad": BadRequest(),
    "fault": RuntimeError("broken on purpose"),
}


@public("test")
def write_and_raise(request: HttpRequest, what: str) -> HttpResponse:
    write()
    raise RAISED[what]


@public("test")
def write_and_answer(request: HttpRequest, status: int) -> HttpResponse:
    write()
    return HttpResponse(status=status)


@public("test")
def write_while_rendering(request: HttpRequest) -> SimpleTemplateResponse:
    template = engines["django"].from_string("{{ inside }}{{ write }}")
    return SimpleTemplateResponse(template, {"inside": lambda: connection.in_atomic_block, "write": write})


@public("test")
def break_while_rendering(request: HttpRequest) -> SimpleTemplateResponse:
    def broken() -> None:
        raise RuntimeError("broken on purpose")

    write()
    return SimpleTemplateResponse(engines["django"].from_string("{{ broken }}"), {"broken": broken})


@public("test")
def twice(request: HttpRequest) -> HttpResponse:
    user = Membership.objects.get().user
    membership(user, of="Eastgate Community Partners")
    return HttpResponse()


@public("test")
def breaks_at_commit(request: HttpRequest) -> HttpResponse:
    write()
    # A deferred foreign key: the database speaks up at the commit, long after the view has answered.
    Membership.objects.create(user_id=10**9, organization=organization(), role="lead")
    return HttpResponse("done")


@anybody_signed_in("test")
def whoami(request: HttpRequest) -> HttpResponse:
    context = scoping.current()
    told = {
        "organization": context.organization_id,
        "actor": context.actor_id,
        "classes": sorted(context.classes),
    }
    assert actor_for(request).pk == context.actor_id
    return HttpResponse(json.dumps(told))


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open by mistake")


urlpatterns = [
    path("raise/<slug:what>/", write_and_raise),
    path("answer/<int:status>/", write_and_answer),
    path("renders/", write_while_rendering),
    path("renders-badly/", break_while_rendering),
    path("twice/", twice),
    path("commit/", breaks_at_commit),
    path("whoami/", whoami),
    path("undeclared/", undeclared),
    *product,
]


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def test_a_view_that_answers_is_committed(visitor):
    assert visitor.get("/answer/200/").status_code == 200
    assert written()


def test_a_refused_form_is_committed_too_since_the_view_decided_so(visitor):
    assert visitor.get("/answer/422/").status_code == 422
    assert written()


def test_a_view_that_answers_500_is_undone(visitor):
    assert visitor.get("/answer/500/").status_code == 500
    assert not written()


def test_rendering_is_inside_the_transaction(visitor):
    assert visitor.get("/renders/").content == b"TrueNone"
    assert written()


def test_a_page_that_cannot_be_rendered_undoes_the_view(visitor):
    assert visitor.get("/renders-badly/").status_code == 500
    assert not written()


@pytest.mark.parametrize(
    ("what", "status", "says"),
    [
        ("domain", 409, "The last seat went a minute ago."),
        ("state", 409, "This has moved on since you opened it."),
        ("not-yours", 404, "There is nothing here for you"),
        ("not-allowed", 403, "include this."),
        ("denied", 403, "Not for your role"),
        ("bad", 400, "Nothing was changed."),
        ("fault", 500, "nothing was half done"),
    ],
)
def test_what_is_raised_is_undone_and_told(visitor, what, status, says):
    answer = visitor.get(f"/raise/{what}/")
    assert answer.status_code == status
    assert says in answer.content.decode()
    assert "broken on purpose" not in answer.content.decode()
    assert not written()


def test_not_there_and_not_yours_look_the_same(visitor):
    assert visitor.get("/raise/not-yours/").content == visitor.get("/no/such/page/").content


def test_a_named_constraint_becomes_a_sentence(visitor, monkeypatch):
    membership()
    monkeypatch.setitem(
        errors.CONSTRAINTS, "membership_once_active", errors.Sentence("Already there.", "Look again.")
    )
    answer = visitor.get("/twice/")
    assert (answer.status_code, Membership.objects.count()) == (409, 1)
    assert "Already there." in answer.content.decode()


def test_a_constraint_without_a_sentence_is_our_fault(visitor, monkeypatch):
    membership()
    monkeypatch.delitem(errors.CONSTRAINTS, "membership_once_active")
    assert visitor.get("/twice/").status_code == 500
    assert Membership.objects.count() == 1


def test_a_constraint_that_speaks_at_the_commit_becomes_a_sentence(visitor, monkeypatch):
    organization()
    name = next(
        name
        for name, found in connection.introspection.get_constraints(
            connection.cursor(), "network_membership"
        ).items()
        if found["foreign_key"] == ("network_user", "id")
    )
    monkeypatch.setitem(errors.CONSTRAINTS, name, errors.Sentence("Nobody of that name.", "Invite them."))
    answer = visitor.get("/commit/")
    assert answer.status_code == 409
    assert "Nobody of that name." in answer.content.decode()
    assert not written()


def test_a_commit_that_fails_without_a_sentence_is_our_fault(visitor):
    organization()
    assert visitor.get("/commit/").status_code == 500
    assert not written()


def test_a_member_acts_as_themselves(settings):
    settings.DEMO = True  # no second factor asked
    member = membership()
    told = json.loads(signed_in(member).get("/whoami/").content)
    assert told["organization"] == member.organization_id
    assert told["classes"] == sorted(classes_of(member.role))


def test_a_view_that_declares_nothing_is_refused(visitor):
    assert visitor.get("/undeclared/").status_code == 403


def database_error(django_error: type[DatabaseError], cause: Exception) -> DatabaseError:
    error = django_error("raw text of the database")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (database_error(OperationalError, pg.OperationalError("connection refused")), 503),
        (database_error(OperationalError, pg.AdminShutdown("going down")), 503),
        (database_error(OperationalError, pg.DiskFull("no space left")), 503),
        (database_error(OperationalError, pg.DeadlockDetected("deadlock")), 409),
        (database_error(IntegrityError, pg.UniqueViolation("Key (email)=(rosa@example) exists")), None),
        (RuntimeError(), None),
    ],
)
def test_what_the_database_says_in_words(error, status):
    sentence = errors.sentence_for(error)
    assert (sentence.status if sentence else None) == status


@pytest.mark.parametrize("where", ["/", "/account/sign-in/", "/answer/200/", "/no/such/page/"])
def test_without_a_database_every_page_says_so(visitor, monkeypatch, where):
    def gone(*args, **kwargs):
        raise database_error(OperationalError, pg.OperationalError("connection refused"))

    connection.close()
    monkeypatch.setattr(connection, "get_new_connection", gone)
    visitor.cookies["sessionid"] = "x" * 32
    answer = visitor.get(where)
    assert answer.status_code == 503
    assert "Nothing you sent was saved." in answer.content.decode()
    assert answer.headers["Retry-After"] == "60"


def test_a_refusal_to_a_fragment_takes_the_whole_page(visitor):
    answer = visitor.get("/raise/domain/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Retarget"] == "#main"


@pytest.mark.django_db
def test_each_sentence_is_about_a_constraint_that_exists():
    raised = "\n".join(path.read_text() for path in Path(errors.__file__).parents[2].rglob("migrations/*.py"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint")
        kept = {name for (name,) in cursor.fetchall()}  # also those that the database names by itself
    for name in errors.CONSTRAINTS:
        assert name in kept or name in raised, name
