"""Each table about a participant says its class, how long it is kept and what forgetting does; free text stands where it may."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from warmhandoff.foundation.privacy import ALL_CLASSES, CLASSES_IN_USE
from warmhandoff.foundation.rows import LIBRARY_TABLES, declared_rules, rule_of
from warmhandoff.participants.models import Participant, Person

OURS = {table for table, _ in declared_rules() if table not in LIBRARY_TABLES}
# Ids, codes and dates: about someone, and telling nothing by themselves (HOUSE: events hold ids and codes alone).
CODES_ALONE = {
    "foundation.AccessLog", "foundation.Duty", "participants.FileEvent", "custody.Custody", "custody.CustodyEvent",
    "custody.Handover", "custody.HandoverParty", "custody.Given", "custody.Link", "referrals.Disposition", "referrals.ReferralEvent", "referrals.ReferralParty",
}  # fmt: skip
# Text that people type, and why it may stand outside the class narrative. Whatever is new is argued here.
REVIEWED = {
    "foundation.Message.kept_text": "our own words of a mail, with its links and codes masked",
    "directory.Service.about": "an organization's own description of its service, about nobody",
    "directory.Service.about_es": "the same in Spanish",
    "directory.Service.words_sort": "the words of both without accents, for the search",
    "programs.ProgramTerms.about": "what a program is, in its own words, about nobody",
    "programs.ProgramTerms.about_es": "the same in Spanish",
    "participants.ConsentText.text": "the words of the form, the same for everyone",
}


def ours():
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table in OURS and not hasattr(model, "pgh_tracked_model"):
            yield model


def points_at_someone(model):
    return any(
        (f.is_relation and f.related_model in (Person, Participant)) or f.name == "person_id"
        for f in model._meta.concrete_fields
    )


def test_each_table_about_someone_says_its_class_its_end_and_its_forgetting():
    silent = [
        model._meta.label
        for model in ours()
        if (points_at_someone(model) or model in (Person, Participant))
        and model._meta.label not in CODES_ALONE
        and not hasattr(model, "Privacy")
    ]
    assert silent == []


def test_a_declaration_is_whole_and_names_a_class_that_is_known():
    declared = [model for model in ours() if hasattr(model, "Privacy")]
    assert len(declared) >= 10
    for model in declared:
        said = model.Privacy
        assert said.data_class in {*ALL_CLASSES, "key"}, model._meta.label
        assert said.keep and said.forgetting, model._meta.label


def test_what_is_codes_alone_is_codes_alone():
    """No text that is longer than a code, and none that people type."""
    for label in CODES_ALONE:
        model = apps.get_model(label)
        for field in model._meta.concrete_fields:
            assert not isinstance(field, models.TextField), f"{label}.{field.name}"
            if isinstance(field, models.CharField):
                assert field.max_length <= 40, f"{label}.{field.name}"


def test_free_text_stands_in_the_class_narrative():
    elsewhere = [
        f"{model._meta.label}.{field.name}"
        for model in ours()
        for field in model._meta.concrete_fields
        if (isinstance(field, models.TextField) or (getattr(field, "max_length", None) or 0) > 254)
        and not isinstance(field, models.UUIDField)
        and getattr(getattr(model, "Privacy", None), "data_class", "") != "narrative"
    ]
    assert sorted(elsewhere) == sorted(REVIEWED)


def test_a_class_is_read_by_who_reads_it():
    """The table of a class asks for it in its policy, so that the policy is the second lock."""
    for model in ours():
        said = getattr(model, "Privacy", None)
        if said is None or said.data_class == "key" or model._meta.label in WITHOUT_THEIR_CLASS:
            continue
        assert "wh.classes" in rule_of(model).read, model._meta.label


# A phone or mail of a participant is found by its way to them, which is read by class; the point itself also serves staff.
WITHOUT_THEIR_CLASS = {"foundation.ContactPoint"}


def test_the_classes_in_use_have_their_tables():
    have = {model.Privacy.data_class for model in ours() if hasattr(model, "Privacy")} - {"key"}
    assert have == set(CLASSES_IN_USE)


def test_jobs_carry_numbers_alone():
    """Whatever is deferred: its arguments are ids, or the number of a lane."""
    import inspect

    from procrastinate.contrib.django import app

    app.perform_import_paths()
    ours = [task for task in app.tasks.values() if task.func.__module__.startswith("warmhandoff.")]
    assert ours
    for task in ours:
        for name in inspect.signature(task.func).parameters:
            assert name in {"context", "timestamp", "lane"} or name.endswith("_id"), f"{task.name}: {name}"


def test_no_field_could_hold_an_offense_or_a_record_number():
    forbidden = (
        "offense",
        "offence",
        "charge",
        "convict",
        "crime",
        "arrest",
        "inmate",
        "booking",
        "rap",
        "sid",
        "cii",
        "fbi",
        "ssn",
    )
    found = [
        f"{model._meta.label}.{field.name}"
        for model in ours()
        for field in model._meta.concrete_fields
        if set(field.name.split("_")) & set(forbidden)
    ]
    assert found == []
