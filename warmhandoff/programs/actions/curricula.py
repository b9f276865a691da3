"""The verbs of a curriculum: taken over as one's own, its titles entered, a new version from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max

from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.programs.models import Cohort, Curriculum, CurriculumVersion, Module, SessionTemplate


@dataclass(frozen=True)
class Titles:
    en: str
    es: str = ""


@dataclass(frozen=True)
class Meant:
    """What a session is for, and whether it counts."""

    kind: str
    required: bool


@transaction.atomic
def take_over(*, curriculum: Curriculum, by: Actor) -> Curriculum:
    """An organization's own copy of what came with the product, for its own titles. A second time gives the same one."""
    here = current_organization()
    if curriculum.organization_id == here:
        return curriculum
    if curriculum.organization_id is not None:
        raise NotYours()
    own, is_new = Curriculum.objects.get_or_create(
        organization_id=here,
        slug=curriculum.slug,
        defaults={"name": curriculum.name, "name_es": curriculum.name_es},
    )
    if is_new:
        latest = curriculum.versions.order_by("-valid_from")[0]
        _copy(latest, own, number=1, valid_from=latest.valid_from)
    return own


@transaction.atomic
def begin_version(*, curriculum: Curriculum, valid_from: date, by: Actor) -> CurriculumVersion:
    """The next version, from a day on: it begins as the one before. Groups that run keep theirs."""
    _require_own(curriculum)
    Curriculum.objects.select_for_update(no_key=True).get(pk=curriculum.pk)
    latest = curriculum.versions.order_by("-valid_from")[0]
    if valid_from <= latest.valid_from:
        raise BadValue(
            "valid_from", "A later version is there already.", mend="Choose a day after it began to hold."
        )
    number = curriculum.versions.aggregate(last=Max("number"))["last"] + 1
    return _copy(latest, curriculum, number=number, valid_from=valid_from)


@transaction.atomic
def name_sessions(*, version: CurriculumVersion, titles: Mapping[int, Titles], by: Actor) -> int:
    """Enter titles, by the number of the session; how many changed. At any time: a title changes nothing that was done."""
    _require_own(version.curriculum)
    changed = 0
    for session in version.sessions.filter(number__in=titles):
        told = titles[session.number]
        title, title_es = " ".join(told.en.split()), " ".join(told.es.split())
        if (session.title, session.title_es) != (title, title_es):
            session.title, session.title_es = title, title_es
            session.save(update_fields=["title", "title_es"])
            changed += 1
    return changed


@transaction.atomic
def set_sessions(*, version: CurriculumVersion, meant: Mapping[int, Meant], by: Actor) -> int:
    """What each session is for and whether it is required; how many changed. Only while no group runs by this version."""
    _require_own(version.curriculum)
    _require_unused(version)
    changed = 0
    for session in version.sessions.filter(number__in=meant):
        told = meant[session.number]
        if told.kind not in SessionTemplate.Kind.values:
            raise BadValue("kind", "There is no such kind of session.", mend="Choose one of the list.")
        if told.kind == SessionTemplate.Kind.OPTIONAL and told.required:
            raise BadValue(
                "required", f"Session {session.number} is optional, so it isn't required.", mend="Choose one."
            )
        if (session.kind, session.required) != (told.kind, told.required):
            session.kind, session.required = told.kind, told.required
            session.save(update_fields=["kind", "required"])
            changed += 1
    return changed


@transaction.atomic
def add_session(*, version: CurriculumVersion, module: Module, meant: Meant, by: Actor) -> SessionTemplate:
    """One more, after the last."""
    _require_own(version.curriculum)
    _require_unused(version)
    if module.version_id != version.pk:
        raise NotYours()
    last = version.sessions.aggregate(last=Max("number"))["last"] or 0
    return SessionTemplate.objects.create(
        version=version, module=module, number=last + 1, kind=meant.kind, required=meant.required
    )


@transaction.atomic
def drop_last_session(*, version: CurriculumVersion, by: Actor) -> None:
    """One less, from the end."""
    _require_own(version.curriculum)
    _require_unused(version)
    last = version.sessions.order_by("-number").first()
    if last is None or last.number == 1:
        raise WrongState("A curriculum has a session at least.", mend="Change it instead.")
    last.delete()


def is_used(version: CurriculumVersion) -> bool:
    """Whether a group of this organization runs by it, or did."""
    return Cohort.objects.filter(version=version).exists()


def _require_own(curriculum: Curriculum) -> None:
    if curriculum.organization_id != current_organization():
        raise NotYours()


def _require_unused(version: CurriculumVersion) -> None:
    if is_used(version):
        raise WrongState(
            "A group runs by this version: what it asks stays as it is.",
            mend="Begin a new version; the group keeps this one.",
        )


def _copy(
    version: CurriculumVersion, curriculum: Curriculum, *, number: int, valid_from: date
) -> CurriculumVersion:
    new = CurriculumVersion.objects.create(
        curriculum=curriculum,
        number=number,
        valid_from=valid_from,
        minutes=version.minutes,
        source=version.source,
        verified_on=version.verified_on,
    )
    modules = {}
    for module in version.modules.all():
        modules[module.pk] = Module.objects.create(
            version=new, number=module.number, title=module.title, title_es=module.title_es
        )
    SessionTemplate.objects.bulk_create(
        SessionTemplate(
            version=new,
            module=modules[one.module_id],
            number=one.number,
            kind=one.kind,
            required=one.required,
            title=one.title,
            title_es=one.title_es,
        )
        for one in version.sessions.all()
    )
    return new
