"""What each role may do: the one table. A manager can read it; every check in the product asks it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# Marked for the catalog, said in the reader's language by the page: the table itself stays plain text.
from django.utils.translation import gettext_noop as _


class Permission(StrEnum):
    """What can be done, in the words a person would use."""

    SEE_TODAY = _("see their own list for today")
    SEE_PEOPLE = _("find and open the organization's own people")
    TAKE_IN = _("take someone in")
    RECORD_CONTACT = _("record a contact with someone")
    CHANGE_FILE = _("change what is known about someone")
    CORRECT = _("correct what a colleague wrote down")
    HAND_OUT = _("give a person their file")
    REFER = _("refer someone, and settle what came of it")
    ANSWER = _("answer referrals to the organization")
    ASSIGN = _("give people to a colleague")
    DECIDE_WAIVERS = _("decide whether a program’s condition is passed over for someone")
    RELEASE = _("release someone, with the reason")
    SEE_REFERRALS = _("see the organization's referrals")
    SEE_DIRECTORY = _("read the directory")
    EDIT_SERVICES = _("describe the organization's services")
    REVIEW_SERVICES = _("read and decide changes of other organizations' services")
    MANAGE_STAFF = _("invite colleagues and close accounts")
    WATCH_NETWORK = _("see who waits longest, by code")
    MANAGE_NETWORK = _("add organizations, sign agreements, close organizations")
    SEE_CHECK = _("read the proof that the promises hold")
    RUN_GROUPS = _("see the organization's groups, lead them, and say who came")
    PLAN_GROUPS = _("open groups, and put people into them")
    HEAR_IMPROVEMENTS = _("read what doesn’t work for people here, and say what comes of it")


@dataclass(frozen=True)
class RoleSheet:
    """One role: its name, a sentence, what it may do, and the data classes it reads."""

    label: str
    says: str
    permissions: frozenset[Permission]
    classes: frozenset[str]


class Role(StrEnum):
    CASE_MANAGER = "case_manager"
    LEAD = "lead"
    PEER_MENTOR = "peer_mentor"
    NAVIGATOR = "navigator"
    COUNTY_PROGRAM_MANAGER = "county_manager"
    NETWORK_ADMINISTRATOR = "network_admin"

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        return [(role.value, SHEETS[role].label) for role in cls]


_P = Permission
_EVERYONE = frozenset({_P.SEE_DIRECTORY})
_CASE_WORK = _EVERYONE | {
    _P.SEE_TODAY, _P.SEE_PEOPLE, _P.TAKE_IN, _P.RECORD_CONTACT, _P.CHANGE_FILE, _P.REFER, _P.ANSWER, _P.RELEASE,
    _P.SEE_REFERRALS, _P.HAND_OUT, _P.RUN_GROUPS,
}  # fmt: skip

# A need has the class of its code (record clearance is justice, mental health is health): whoever does case work reads the
# needs they themselves wrote down; opening such a class is logged. A peer mentor never does: taking part in a program (class
# program: enrolled, came, planned) tells neither.
_CASE_CLASSES = frozenset(
    {
        "contact",
        "needs",
        "narrative",
        "work_education",
        "housing_family",
        "right_to_work",
        "demographics",
        "justice",
        "supervision",
        "health",
        "substance_use",
        "violence_prevention",
        "program",
    }
)

SHEETS: dict[Role, RoleSheet] = {
    Role.CASE_MANAGER: RoleSheet(
        _("case manager"),
        _("Takes people in, holds them, refers them and settles what came of it."),
        frozenset(_CASE_WORK),
        _CASE_CLASSES,
    ),
    Role.LEAD: RoleSheet(
        _("lead"),
        _(
            "Does what a case manager does, answers for the queue, gives people to colleagues, looks after staff and services."
        ),
        frozenset(
            _CASE_WORK
            | {_P.ASSIGN, _P.CORRECT, _P.DECIDE_WAIVERS, _P.EDIT_SERVICES, _P.MANAGE_STAFF, _P.PLAN_GROUPS}
        ),
        _CASE_CLASSES,
    ),
    Role.PEER_MENTOR: RoleSheet(
        _("peer mentor"),
        _(
            "Sees how to reach the organization's people and how they take part in a program, and logs contacts. Nothing else about them."
        ),
        frozenset(_EVERYONE | {_P.SEE_TODAY, _P.SEE_PEOPLE, _P.RECORD_CONTACT, _P.RUN_GROUPS}),
        frozenset({"contact", "program"}),
    ),
    Role.NAVIGATOR: RoleSheet(
        _("navigator"),
        _(
            "Holds whoever the network's office holds, and sees across organizations who waits, by code and never by name."
        ),
        frozenset(
            _CASE_WORK
            | {
                _P.WATCH_NETWORK,
                _P.ASSIGN,
                _P.CORRECT,
                _P.DECIDE_WAIVERS,
                _P.REVIEW_SERVICES,
                _P.SEE_CHECK,
                _P.HEAR_IMPROVEMENTS,
            }
        ),
        _CASE_CLASSES,
    ),
    Role.COUNTY_PROGRAM_MANAGER: RoleSheet(
        _("county program manager"),
        _("Sees numbers and proofs, and no person."),
        frozenset(_EVERYONE | {_P.SEE_CHECK}),
        frozenset(),
    ),
    Role.NETWORK_ADMINISTRATOR: RoleSheet(
        _("network administrator"),
        _("Looks after organizations, agreements and accounts. Sees no person."),
        frozenset(_EVERYONE | {_P.MANAGE_NETWORK, _P.MANAGE_STAFF, _P.EDIT_SERVICES, _P.SEE_CHECK}),
        frozenset(),
    ),
}


def may(role: str, permission: Permission) -> bool:
    return permission in SHEETS[Role(role)].permissions


def classes_of(role: str) -> frozenset[str]:
    """The data classes that a role reads."""
    return SHEETS[Role(role)].classes


def roles_with(permission: Permission) -> list[Role]:
    return [role for role, sheet in SHEETS.items() if permission in sheet.permissions]
