"""What is owed in casework, by kind."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation import duties

PLAN = "plan"
REVIEW_PLAN = "review_plan"
# A plan is looked at again within so many days.
LONGEST_UNTIL_REVIEW = 90
# From when on a lead sees that nobody was in touch with somebody, or that what was given here has stopped.
OUT_OF_TOUCH_DAYS = 30
WITHOUT_SERVICE_DAYS = 60

duties.name({REVIEW_PLAN: duties.Kind(_("A plan to look at again"))})
