"""A form's key is used once: the second post shows what the first one did, however fast it comes."""

import threading

import pytest
from django.db import connection, transaction

from warmhandoff.foundation import once, scoping
from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.models import FormKey


@pytest.mark.django_db
def test_the_second_post_is_sent_where_the_first_one_went():
    key = once.new_key()
    assert once.claim(key, by=None) is None
    once.settle(key, "/people/X/")
    assert once.claim(key, by=None) == "/people/X/"
    assert once.claim(once.new_key(), by=None) is None, "another form is another key"


@pytest.mark.django_db
def test_a_key_without_a_result_sends_home():
    key = once.new_key()
    once.claim(key, by=None)
    assert once.claim(key, by=None) == "/"


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "1", "x" * 36, "'; DROP TABLE x; --"])
def test_what_is_no_key_is_refused_with_the_mend(key):
    with pytest.raises(BadValue, match="incomplete") as refused:
        once.claim(key, by=None)
    assert refused.value.mend and refused.value.field == "form_key"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("fails", "acted"), [(False, 1), (True, 2)])
def test_of_two_presses_at_once_one_acts_and_the_other_waits(fails, acted):
    """Where the first one fails, its key is free again, and the second press acts."""
    key, began, came_to = once.new_key(), threading.Event(), []

    def first():
        try:
            with transaction.atomic():
                came_to.append(once.claim(key, by=None))
                began.set()
                threading.Event().wait(0.3)
                once.settle(key, "/done/")
                if fails:
                    raise RuntimeError
        except RuntimeError:
            pass
        finally:
            connection.close()

    def second():
        began.wait(5)
        with scoping.acting_as(None):
            came_to.append(once.claim(key, by=None))
        connection.close()

    threads = [threading.Thread(target=each) for each in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert came_to.count(None) == acted
    assert FormKey.objects.count() == 1
