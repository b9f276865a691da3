"""Changes of substance wait for the office that the agreement names; the old words stand; who changed what is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.cast import MONDAY
from warmhandoff.directory import access, actions, reading
from warmhandoff.directory.eligibility import Kind, Rule
from warmhandoff.directory.models import Service, ServiceChange
from warmhandoff.foundation import scoping
from warmhandoff.foundation.actors import mailbox_actor, operator_actor
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import Crossing, Duty, Message
from warmhandoff.network.models import Agreement, Membership, Queue

pytestmark = pytest.mark.django_db
State = ServiceChange.State


@pytest.fixture
def cast(the_cast):
    return the_cast


def housing(cast) -> Service:
    return Service.objects.select_related("organization", "mailbox").get(pk=cast.services["housing"].pk)


def wish(cast, who="paul", **otherwise) -> ServiceChange | None:
    with cast.acting(who) as member:
        service = housing(cast)
        told = replace(actions.said_of(service), **otherwise)
        return actions.change_service(service=service, told=told, by=member.actor)


def duties(cast, *, is_open=True) -> list[Duty]:
    with cast.acting("luz"):
        return list(Duty.objects.filter(kind="review_service", closed_at__isnull=is_open))


def change_of(cast, change) -> ServiceChange:
    with cast.acting("luz") as luz:
        return access.change_or_404(change.code, luz.organization_id)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Housing and rent help"),
        ("name_es", "Ayuda para vivir"),
        ("about", "Somebody sits down with you."),
        ("service_code", "FOD"),
        ("area", "central"),
        ("serves", ("east", "south")),
        ("mailbox", "new@harbor.example"),
        ("criteria", (Rule(Kind.GENDER, ("woman",)),)),
    ],
)
def test_substance_waits_and_the_old_words_stand(cast, field, value):
    with cast.acting("paul"):
        before = actions.said_of(housing(cast))
    change = wish(cast, **{field: value})
    assert change is not None and change.state == State.WAITING and change.said_by == "Paul Okafor"
    assert [line[0] for line in change.lines] == [field]
    with cast.acting("paul"):
        service = housing(cast)
        assert service.verified_on is None, "nobody confirmed the old words"
        assert getattr(actions.said_of(service), field) != getattr(before, field), (
            "the form goes on with the wish"
        )
    assert [(duty.subject_id, duty.detail) for duty in duties(cast)] == [(change.pk, change.code)]
    with cast.acting("luz") as luz:
        actions.approve(change=change_of(cast, change), by=luz.actor)
    with cast.acting("paul"):
        service = housing(cast)
        stands = actions.said_of(service)
    assert list(getattr(stands, field)) == list(value)
    assert (service.verified_on, service.verified_by) == (MONDAY.date(), "Paul Okafor")
    assert duties(cast) == []


def test_what_is_no_substance_stands_at_once_beside_what_waits(cast):
    change = wish(cast, name="Housing and rent help", languages=("es",), cost="free")
    service = housing(cast)
    assert (service.name, service.languages, service.cost) == ("Housing help", ["es"], "free")
    assert change is not None and [line[0] for line in change.lines] == ["name"]
    assert {each.state for each in service.changes.all()} == {State.WAITING, State.DONE}


def test_sending_back_keeps_the_old_words_and_tells_why(cast):
    change = wish(cast, name="Housing and rent help")
    with cast.acting("luz") as luz:
        actions.send_back(change=change_of(cast, change), note="Which  rent help?", by=luz.actor)
    change.refresh_from_db()
    assert (change.state, change.note, change.decided_as) == (
        State.SENT_BACK,
        "Which rent help?",
        "Luz Ortega",
    )
    assert housing(cast).name == "Housing help" and duties(cast) == []
    assert [each.notice for each in Message.objects.all()] == ["directory.sent_back"]


def to_mend(cast, *, is_open=True) -> list[Duty]:
    with cast.acting("paul"):
        return list(Duty.objects.filter(kind="mend_service", closed_at__isnull=is_open))


def test_whoever_wanted_it_at_their_desk_has_the_note_on_today_until_they_say_otherwise(cast):
    change = wish(cast, name="Housing and rent help")
    with cast.acting("luz") as luz:
        actions.send_back(change=change_of(cast, change), note="Which rent help?", by=luz.actor)
    (duty,) = to_mend(cast)
    assert (duty.membership_id, duty.detail) == (cast.members["paul"].pk, housing(cast).code)
    with cast.acting("luz"):
        assert not Duty.objects.filter(kind="mend_service").exists(), "theirs alone"
    wish(cast, name="Rent help")
    assert to_mend(cast) == [] and [each.closed_how for each in to_mend(cast, is_open=False)] == ["done"]


def test_where_who_wanted_it_has_left_the_lead_has_the_note(cast):
    change = wish(cast, name="Housing and rent help")
    with cast.acting("adam"):
        Membership.objects.filter(pk=cast.members["paul"].pk).update(state="ended", ended_at=MONDAY)
        Queue.objects.filter(organization=cast.organizations["harbor"]).update(lead=cast.members["ines"])
    with cast.acting("luz") as luz:
        actions.send_back(change=change_of(cast, change), note="Which rent help?", by=luz.actor)
    with cast.acting("ines"):
        (duty,) = Duty.objects.filter(kind="mend_service")
    assert duty.membership_id is None and duty.queue_id == cast.queues["harbor"].pk


def test_what_the_mailbox_wanted_is_answered_by_mail(cast):
    with cast.acting("paul") as paul:
        service = housing(cast)
        mailbox = mailbox_actor(service.mailbox_id, paul.organization_id)
    with scoping.acting_as(mailbox):
        told = replace(actions.said_of(service), name="Housing and rent help")
        change = actions.change_service(service=service, told=told, by=mailbox)
    with cast.acting("luz") as luz:
        actions.send_back(change=change_of(cast, change), note="Which rent help?", by=luz.actor)
    assert to_mend(cast) == [] and [each.notice for each in Message.objects.all()] == ["directory.sent_back"]


def test_sending_back_says_why(cast):
    change = change_of(cast, wish(cast, name="Housing and rent help"))
    with cast.acting("luz") as luz, pytest.raises(BadValue) as refused:
        actions.send_back(change=change, note="  ", by=luz.actor)
    assert refused.value.field == "note"
    assert len(duties(cast)) == 1


def test_it_is_decided_once(cast):
    change = change_of(cast, wish(cast, name="Housing and rent help"))
    with cast.acting("luz") as luz:
        actions.approve(change=change, by=luz.actor)
        for again in (actions.approve, lambda **more: actions.send_back(note="No.", **more)):
            with pytest.raises(WrongState):
                again(change=change, by=luz.actor)
    change.refresh_from_db()
    assert change.state == State.APPROVED and not Message.objects.exists()


def test_only_the_office_of_the_agreement_decides(cast):
    change = wish(cast, name="Housing and rent help")
    for name in ("paul", "marcus", "denise"):
        with cast.acting(name) as member:
            with pytest.raises(NotYours):
                access.change_or_404(change.code, member.organization_id)
            with pytest.raises(NotAllowed):
                actions.approve(change=change, by=member.actor)
            with pytest.raises(NotAllowed):
                actions.send_back(change=change, note="No.", by=member.actor)
    assert housing(cast).name == "Housing help"


def test_a_newer_wish_replaces_the_one_that_waits(cast):
    first = wish(cast, name="Housing and rent help")
    same = wish(cast, name="Housing and rent help")
    assert same == first, "the very same goes on waiting"
    second = wish(cast, name="Rent help")
    first.refresh_from_db()
    assert (first.state, second.state) == (State.REPLACED, State.WAITING)
    assert [duty.subject_id for duty in duties(cast)] == [second.pk]
    assert [duty.closed_how for duty in duties(cast, is_open=False)] == ["superseded"]
    with cast.acting("luz") as luz, pytest.raises(WrongState):
        actions.approve(change=first, by=luz.actor)


def test_going_back_to_the_old_words_takes_the_wish_back(cast):
    first = wish(cast, name="Housing and rent help")
    assert wish(cast, name="Housing help") is None
    first.refresh_from_db()
    assert first.state == State.REPLACED and duties(cast) == []
    assert housing(cast).verified_on == MONDAY.date()


def test_taking_the_service_out_takes_the_wish_back(cast):
    wish(cast, name="Housing and rent help")
    with cast.acting("paul") as paul:
        actions.end_service(service=housing(cast), by=paul.actor)
    assert duties(cast) == []


def test_a_name_that_was_taken_meanwhile(cast):
    change = wish(cast, name="Rent help")
    with cast.acting("paul") as paul:
        told = actions.Told(name="Rent help", service_code="HSG")
        actions.add_service(organization=cast.organizations["harbor"], told=told, by=paul.actor)
    with cast.acting("luz") as luz, pytest.raises(WrongState) as refused:
        actions.approve(change=change, by=luz.actor)
    assert "has this name by now" in refused.value.sentence
    assert change.pk in {duty.subject_id for duty in duties(cast)}, "it goes on waiting"


def test_where_no_agreement_names_an_office_nothing_waits(cast):
    with cast.acting("adam"):
        Agreement.objects.filter(organization=cast.organizations["harbor"]).update(ends_on="2026-11-01")
    assert wish(cast, name="Housing and rent help") is None
    assert housing(cast).name == "Housing and rent help"
    assert [each.what for each in housing(cast).changes.all()] == ["changed"]


def test_the_duty_is_the_offices_alone_and_the_crossing_is_logged(cast):
    wish(cast, name="Housing and rent help")
    with cast.acting("paul"):
        assert not Duty.objects.filter(kind="review_service").exists()
        crossing = Crossing.objects.get()
    assert (crossing.because_kind, crossing.to_organization_id) == (
        "agreement",
        cast.organizations["office"].pk,
    )


def test_rolled_back_leaves_nothing(cast):
    with cast.acting("paul") as paul:
        service = housing(cast)
        told = replace(actions.said_of(service), name="Rent help", mailbox="new@harbor.example", room="maybe")
        with pytest.raises(BadValue):
            actions.change_service(service=service, told=told, by=paul.actor)
    assert not ServiceChange.objects.exists() and duties(cast) == []
    with scoping.acting_as(None):
        assert housing(cast).name == "Housing help"


# --- What a service says of itself first --------------------------------------------------------------------------


def add(cast, who="paul", name="Rent help", **more) -> Service:
    with cast.acting(who) as member:
        told = actions.Told(name=name, service_code="HSG", languages=("es",), **more)
        return actions.add_service(organization=member.membership.organization, told=told, by=member.actor)


def change(cast, service, who="paul", **otherwise) -> ServiceChange | None:
    with cast.acting(who) as member:
        told = replace(actions.said_of(service), **otherwise)
        return actions.change_service(service=service, told=told, by=member.actor)


def waiting(cast) -> list[ServiceChange]:
    with cast.acting("luz"):
        return list(ServiceChange.objects.filter(state=State.WAITING).order_by("made_at", "pk"))


def test_many_new_services_of_one_organization_are_one_line_for_the_office(cast):
    """A file of them is one thing to read: the line goes on with the next until all are read, due as it was."""
    for name in ("Rent help", "Food help", "Bus help"):
        add(cast, name=name)
    first, second, third = waiting(cast)
    (line,) = duties(cast)
    assert line.subject_id == first.pk
    with cast.acting("luz") as luz:
        actions.approve(change=change_of(cast, second), by=luz.actor)
    assert [duty.subject_id for duty in duties(cast)] == [first.pk]
    with cast.acting("luz") as luz:
        actions.approve(change=change_of(cast, first), by=luz.actor)
    (now,) = duties(cast)
    assert (now.pk, now.subject_id, now.detail, now.due_at) == (line.pk, third.pk, third.code, line.due_at)
    with cast.acting("luz") as luz:
        actions.send_back(change=change_of(cast, third), note="Which bus?", by=luz.actor)
    assert duties(cast) == [] and waiting(cast) == []


def test_the_line_of_a_new_service_that_is_said_otherwise_goes_on_with_the_others(cast):
    rent, _food = add(cast, name="Rent help"), add(cast, name="Food help")
    change(cast, rent, about="Somebody sits down with you.")
    assert {each.service_id for each in waiting(cast)} == {rent.pk, _food.pk}
    (line,) = duties(cast)
    assert line.subject_id in {each.pk for each in waiting(cast)}
    with cast.acting("paul") as paul:
        for service in (rent, _food):
            actions.end_service(service=service, by=paul.actor)
    assert duties(cast) == [] and waiting(cast) == []


def test_a_change_of_what_stands_has_a_line_of_its_own(cast):
    add(cast, name="Rent help")
    wish(cast, name="Housing and rent help")
    assert len(duties(cast)) == 2


def is_new(service) -> bool:
    with scoping.acting_as(None):
        return service.pk in reading.new_among([service.pk])


def decide(cast, note: str = "") -> None:
    with cast.acting("luz") as luz:
        found = access.change_or_404(duties(cast)[0].detail, luz.organization_id)
        if note:
            actions.send_back(change=found, note=note, by=luz.actor)
        else:
            actions.approve(change=found, by=luz.actor)


def test_a_first_description_stands_at_once_and_is_read(cast):
    service = add(cast)
    assert housing(cast).active and is_new(service)
    first = service.changes.get()
    assert (first.what, first.state, first.said_by) == ("added", State.WAITING, "Paul Okafor")
    assert [(field, after) for field, _, after in first.lines] == [
        ("name", "Rent help"), ("service_code", "HSG"), ("languages", ["es"]),
    ]  # fmt: skip
    assert [(duty.subject_id, duty.detail) for duty in duties(cast)] == [(first.pk, first.code)]
    decide(cast)
    service.refresh_from_db()
    assert not is_new(service) and duties(cast) == []
    assert (service.name, service.verified_on, service.verified_by) == (
        "Rent help",
        MONDAY.date(),
        "Paul Okafor",
    )


def test_until_it_is_read_changes_stand_at_once_and_the_whole_is_read(cast):
    service = add(cast)
    assert change(cast, service, name="Rent and deposit help", cost="free") is None, "nothing waits"
    service.refresh_from_db()
    assert service.name == "Rent and deposit help" and is_new(service)
    (duty,) = duties(cast)
    waits = ServiceChange.objects.get(state=State.WAITING)
    assert duty.subject_id == waits.pk and ["name", None, "Rent and deposit help"] in waits.lines
    assert change(cast, service, cost="fee") is None
    assert [each.pk for each in duties(cast)] == [duty.pk], "what is no substance isn't read again"
    decide(cast)
    assert not is_new(service)
    waiting = change(cast, service, name="Deposit help")
    assert waiting is not None and waiting.what == "changed", "from then on the old words stand meanwhile"


def test_sent_back_it_stays_new_until_other_words_are_approved(cast):
    service = add(cast)
    decide(cast, note="Rent help for whom?")
    assert is_new(service) and duties(cast) == []
    assert change(cast, service, about="For families with children.") is None
    assert is_new(service) and len(duties(cast)) == 1
    decide(cast)
    assert not is_new(service)


def test_a_new_service_that_is_taken_out_leaves_nothing_to_read(cast):
    service = add(cast)
    with cast.acting("paul") as paul:
        actions.end_service(service=service, by=paul.actor)
    assert duties(cast) == []


def test_where_nobody_reads_nothing_is_new(cast):
    with cast.acting("adam"):
        Agreement.objects.filter(organization=cast.organizations["harbor"]).update(ends_on="2026-11-01")
    service = add(cast)
    assert not is_new(service) and [each.state for each in service.changes.all()] == [State.DONE]
    with scoping.acting_as(operator_actor(cast.organizations["eastgate"].pk)) as _:
        by = operator_actor(cast.organizations["eastgate"].pk)
        told = actions.Told(name="Food pantry", service_code="FOD")
        by_hand = actions.add_service(organization=cast.organizations["eastgate"], told=told, by=by)
    assert not is_new(by_hand), "the operator speaks for the network"


def test_a_first_description_that_is_refused_leaves_nothing(cast):
    with pytest.raises(BadValue):
        add(cast, mailbox="nowhere")
    assert not ServiceChange.objects.exists() and duties(cast) == []
