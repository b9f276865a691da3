"""Pages for what goes wrong: what happened, what was kept, how to mend it. Never a trace, never a hint at other people's data.

The pages for 400, 500 and 503 need neither database nor session; the others keep the frame, so that one can go on.
"""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation.errors import DomainError

log = logging.getLogger(__name__)

Text = str | Promise


@dataclass(frozen=True)
class Sentence:
    """A refusal in words: what is so, and what to do about it."""

    says: Text
    mend: Text
    status: int = 409


NO_DATABASE = Sentence(
    _("The system can't reach its records just now. Nothing you sent was saved."),
    _("Wait a minute and send it again. If it goes on, call the network's office."),
    503,
)
NO_ROOM = Sentence(
    _("The system has no room left to save anything. Nothing you sent was saved."),
    _("Write it on paper, and tell the network administrator that the disk is full."),
    503,
)
BUSY = Sentence(
    _("Somebody else changed the same thing at the same moment. Nothing you sent was saved."),
    _("Open the page again to see how it stands now, then decide."),
)

# What the database itself refuses, by the name of the constraint. A name that isn't here is a fault of ours: a 500 page, and the log.
CONSTRAINTS: dict[str, Sentence] = {
    "wh_p1_holder": Sentence(
        _("Somebody would be left without a holder, or with two. Nothing was changed."),
        _("Open the person again to see who holds them now, then decide."),
    ),
    "wh_p1_lead": Sentence(
        _("This queue would be left without a lead who answers for it. Nothing was changed."),
        _("Appoint another lead under My organization first."),
    ),
    "wh_absence_once": Sentence(
        _("They are away in these days already. Nothing was changed."),
        _("End that absence first, or choose other days."),
    ),
    "wh_absence_chain": Sentence(
        _("Nobody covers while they are away themselves. Nothing was changed."),
        _("Choose somebody who is here."),
    ),
    "wh_absence_answers": Sentence(
        _("Whoever has left is neither away nor covers. Nothing was changed."),
        _("Choose somebody who works here."),
    ),
    "plan_one_open": Sentence(
        _("They have a plan. Nothing was changed."), _("Go on with it, or end it first.")
    ),
    "score_once": BUSY,
    "servicegiven_corrected_once": BUSY,
    "rating_corrected_once": BUSY,
    "score_corrected_once": BUSY,
    "wh_enrollment_open": Sentence(
        _("Whoever is released takes part in a program here, or waits for a place. Nothing was changed."),
        _("Open their part Program, and complete or end it first."),
    ),
    "wh_plan_open": Sentence(
        _("Whoever is released has an open plan. Nothing was changed."),
        _("End the plan first: say how each outcome came out."),
    ),
    "wh_under_way": Sentence(
        _("Whoever is released has a training or paid work that goes on. Nothing was changed."),
        _("Open their part Program, and say first how it ended."),
    ),
    "wh_merge_goes_on": Sentence(
        _(
            "Something goes on in the file that would be put away, and only that file can settle it. Nothing was changed."
        ),
        _("Show that file instead, or end what goes on in it first."),
    ),
    "wh_put_away": Sentence(
        _("Another file of the same person is shown. Nothing was changed."),
        _("Open that one, under “Who holds them”, and go on there."),
    ),
    "wh_p2_next_step": Sentence(
        _("Somebody would be left without a next step and its date. Nothing was changed."),
        _("Give the next step: what, who, and by when."),
    ),
    "duty_within_its_days": Sentence(
        _("This date is too far ahead. Nothing was changed."),
        _("Choose a day within the next 30 days; a waitlist is looked at again within 90."),
    ),
    "wh_p2_waits": Sentence(
        _("Somebody would wait without a date at which it is looked at again. Nothing was changed."),
        _("Give the day: a hold or a waitlist is looked at again within 90 days."),
    ),
    "wh_p3_handshake": Sentence(
        _("A person moves to another organization only when that organization accepts. Nothing was changed."),
        _("Offer them a transfer, and go on holding the person until they accept."),
    ),
    "wh_p4_disposition": Sentence(
        _("This referral ended without anybody deciding what comes next. Nothing was changed."),
        _("Decide what comes next for the person."),
    ),
    "wh_p4_release": Sentence(
        _("Something about this person is still open, so they can't be released. Nothing was changed."),
        _("Settle the open referrals and decisions first."),
    ),
    "wh_p7_custody": Sentence(
        _("What has happened can't be rewritten. Nothing was changed."),
        _("Record a correction, with its reason."),
    ),
    "wh_p7_history": Sentence(
        _("What has happened can't be rewritten. Nothing was changed."),
        _("Record a correction, with its reason."),
    ),
    "wh_p1_linked": Sentence(
        _("Somebody who stands behind another file would be left without a holder. Nothing was changed."),
        _("Open the person again to see who holds them now, then decide."),
    ),
    "wh_p3_link": Sentence(
        _("Two people are connected only when both holders agree. Nothing was changed."),
        _("Ask the other holder first."),
    ),
    "handover_once_open": Sentence(
        _("They have been asked about this person already, and have not answered. Nothing was changed."),
        _("Wait for their answer, or take the question back."),
    ),
    "link_once_live": BUSY,
    "wh_p4_transition": BUSY,
    "wh_p4_look": BUSY,
    "secondlook_once": BUSY,
    "referral_once_open": BUSY,
    "wh_p8_share": Sentence(
        _("The person's consent doesn't cover this. Nothing was shared."),
        _("Ask the person, and record what they say."),
    ),
    "wh_crossing": Sentence(
        _("This belongs to another organization. Nothing was changed."),
        _("Ask them, or offer them a referral."),
        403,
    ),
    "wh_group_keeps_apart": Sentence(
        _("They can't be in this group. Nothing was changed."),
        _("Choose another one, or ask your lead."),
    ),
    "wh_group_is_full": Sentence(
        _("Every place in this group is taken. Nothing was changed."),
        _("Choose another group, or make it larger."),
    ),
    "wh_member_takes_part": Sentence(
        _("Only who takes part in a group's program joins it. Nothing was changed."),
        _("Enroll them first."),
    ),
    "wh_left_before_they_came": Sentence(
        _("On a later day it was said whether they came. Nothing was changed."),
        _("Give that day, or a later one."),
    ),
    "wh_make_up_of_ones_own": BUSY,
    "wh_member_leaves_once": BUSY,
    "wh_group_has_ended": BUSY,
    "wh_pair_is_together": BUSY,
    "meeting_once_a_session": BUSY,
    "cohortmember_once": BUSY,
    "keptapart_once": BUSY,
    "makeup_once": BUSY,
    "wh_version_in_use": Sentence(
        _("A group runs by this version: what it asks stays as it is. Nothing was changed."),
        _("Begin a new version; the group keeps this one."),
    ),
    "wh_attendance_of_a_member": Sentence(
        _("They didn't belong to this group on that day, or weren't enrolled yet. Nothing was changed."),
        _("Open the meeting again to see who was to come."),
    ),
    "wh_own_timesheet": Sentence(
        _("Hours are approved by somebody else than whoever wrote them down. Nothing was changed."),
        _("Ask the supervisor behind their link, or a colleague who has seen the signed paper."),
        403,
    ),
    "wh_own_hours": Sentence(
        _("Hours are handed in by whoever worked them, or by whoever works with them. Nothing was changed."),
        _("Open your own page again."),
        403,
    ),
    "wh_day_has_24_hours": Sentence(
        _("A day has 24 hours, wherever somebody works. Nothing was changed."), _("Check both weeks.")
    ),
    "timesheet_once_a_week": Sentence(
        _("The hours of this week are written down already. Nothing was changed."),
        _("Open that week, and say it right."),
    ),
    "wh_p7_wagefloor": Sentence(
        _("Hours were paid by the least wage of a day that has passed. Nothing was changed."),
        _("A least wage can be written down from today on: choose today or a later day."),
    ),
    "programs_timesheetanswer_timesheet_id_key": BUSY,
    "timesheet_corrected_once": BUSY,
    "paidwork_once_open": BUSY,
    "membership_once_active": Sentence(
        _("This person already works there in that role. Nothing was changed."),
        _("Choose another role, or leave it as it is."),
    ),
}

DISK_FULL, OUT_OF_MEMORY, TOO_MANY_CONNECTIONS = "53100", "53200", "53300"
SERIALIZATION_FAILURE, DEADLOCK, LOCK_TIMEOUT = "40001", "40P01", "55P03"


def sentence_for(error: BaseException) -> Sentence | None:
    """What to tell a person about this error of the database, or None if it is a fault of ours."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    cause = error.__cause__
    name = getattr(getattr(cause, "diag", None), "constraint_name", None)
    if name in CONSTRAINTS:
        return CONSTRAINTS[name]
    state = getattr(cause, "sqlstate", None)
    if state == DISK_FULL:
        return NO_ROOM
    if state in (SERIALIZATION_FAILURE, DEADLOCK, LOCK_TIMEOUT):
        return BUSY
    if isinstance(error, InterfaceError) or (isinstance(error, OperationalError) and _is_outage(state)):
        return NO_DATABASE
    return None


def _is_outage(state: str | None) -> bool:
    # No state: the connection broke before the server could answer. 08, 57: it said that it is going away.
    return state is None or state[:2] in ("08", "57") or state in (OUT_OF_MEMORY, TOO_MANY_CONNECTIONS)


def page_about(request: HttpRequest, error: BaseException) -> HttpResponse | None:
    """The page for what a view or the commit raised; None where only Django's own handlers know."""
    if isinstance(error, DomainError):
        return _domain_page(request, error)
    sentence = sentence_for(error)
    if sentence is None:
        return None
    log.warning("%s answered with %s: %s", request.path_info, sentence.status, type(error).__name__)
    if sentence.status >= 500:
        return _bare(sentence.status, _("Not now"), sentence.says, sentence.mend)
    return _framed(request, sentence.status, _("This wasn't done"), sentence.says, sentence.mend)


def _domain_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    if error.status == 404:
        return not_found(request)
    if error.status >= 500:
        log.error("%s: %s", request.path_info, error.code)
        return (
            _bare(503, _("Not now"), error.sentence, error.mend)
            if error.status == 503
            else server_error(request)
        )
    title = _("Not for your role") if error.status == 403 else _("This wasn't done")
    return _framed(request, error.status, title, error.sentence, error.mend, _leads_to(error))


# --- Django's handlers (urls.py names them) -----------------------------------------------------------------------
def bad_request(request: HttpRequest, exception: BaseException | None = None) -> HttpResponse:
    said = str(exception) if isinstance(exception, BadRequest) and str(exception) else ""
    return _bare(
        400,
        _("We can't read this request"),
        said or _("Something in it is missing or garbled. Nothing was changed."),
        _("Go back, open the page again and repeat what you did."),
    )


def forbidden(request: HttpRequest, exception: BaseException | None = None) -> HttpResponse:
    return _framed(
        request,
        403,
        _("Not for your role"),
        _("Your role in this organization doesn't include this page."),
        _("If you need it for your work, ask your lead."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _framed(
        request,
        403,
        _("This page was open too long"),
        _("For your safety we didn't accept what was sent. Nothing was changed."),
        _("Go back, reload the page and send it again. Cookies must be allowed for this site."),
    )


def belongs_nowhere(request: HttpRequest) -> HttpResponse:
    return _framed(
        request,
        403,
        _("You don't belong to an organization here"),
        _("Your account works, but no organization has you on its staff list now."),
        _("Ask the lead of your organization to invite you, or sign out and use another account."),
    )


def not_found(request: HttpRequest, exception: BaseException | None = None) -> HttpResponse:
    # One page for "isn't there" and "isn't yours": the difference would tell that somebody is known here.
    return _framed(
        request,
        404,
        _("There is nothing here for you"),
        _("This page doesn't exist, or it isn't yours to see."),
        _("Check the address, or ask whoever sent it to you."),
    )


def too_many(request: HttpRequest, exception: BaseException | None = None) -> HttpResponse:
    return _framed(
        request,
        429,
        _("Too many tries"),
        _("That was tried too often in a short time, so we paused it."),
        _("Wait five minutes, then try again."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    raised = sys.exc_info()[1]
    sentence = sentence_for(raised) if raised else None
    if sentence is not None and sentence.status == 503:
        return _bare(503, _("Not now"), sentence.says, sentence.mend)
    return _bare(
        500,
        _("Something broke on our side"),
        _("What you sent was not saved, and nothing was half done. The fault is in our log."),
        _(
            "Go back and try once more. If it breaks again, call the network's office and say what you were doing."
        ),
    )


def _leads_to(error: DomainError) -> str:
    """Where what stands in the way is found, if the refusal names it."""
    code = error.facts.get("referral")
    return reverse("referrals:referral", args=[code]) if code else ""


def _framed(
    request: HttpRequest, status: int, title: Text, says: Text, mend: Text, leads_to: str = ""
) -> HttpResponse:
    """A page in the usual frame. It is rendered after a rollback, from what the request already knows: no queries."""
    context: dict[str, Any] = {
        "title": title,
        "says": says,
        "mend": mend,
        "status": status,
        "leads_to": leads_to,
    }
    response = HttpResponse(render_to_string("errors/framed.html", context, request=request), status=status)
    if getattr(request, "htmx", False):
        # The fragment's place is too small for this: show it as the page it is.
        response["HX-Retarget"] = response["HX-Reselect"] = "#main"
        response["HX-Reswap"] = "outerHTML show:top"
    return response


def _bare(status: int, title: Text, says: Text, mend: Text) -> HttpResponse:
    """A page that needs nothing but its template."""
    response = HttpResponse(
        render_to_string("errors/bare.html", {"title": title, "says": says, "mend": mend, "status": status}),
        status=status,
    )
    if status == 503:
        response["Retry-After"] = "60"
    response["HX-Retarget"] = response["HX-Reselect"] = "#main"
    response["HX-Reswap"] = "outerHTML show:top"
    return response
