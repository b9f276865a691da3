"""Expressions that the database computes by its own clock."""

from django.db.models import DateTimeField, Func


class WhNow(Func):
    """The database's own clock, as every default, trigger and policy reads it."""

    function = "wh_now"
    template = "%(function)s()"
    output_field = DateTimeField()
