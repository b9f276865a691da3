"""Addresses of referrals, for whoever signs in."""

from django.urls import path

from warmhandoff.web.answer.acts import ACTS
from warmhandoff.web.referrals import correcting, met, refer, second_look, views
from warmhandoff.web.stalled import views as stalled

app_name = "referrals"

urlpatterns = [
    path("", views.listing, name="list"),
    path("stalled/", stalled.signed_in, name="stalled"),
    path("new/<str:code>/", refer.refer, name="refer"),
    path("new/<str:code>/no/", refer.refused, name="refused"),
    path("<str:code>/", views.referral, name="referral"),
    path("<str:code>/seen/", views.seen, name="seen"),
    path("<str:code>/withdraw/", views.withdraw, name="withdraw"),
    path("<str:code>/reply/", views.reply, name="reply"),
    path("<str:code>/write/", views.write, name="write"),
    path("<str:code>/read/", views.read, name="read"),
    path("<str:code>/assign/", views.assign, name="assign"),
    path("<str:code>/put-off/", views.put_off, name="put_off"),
    path("<str:code>/take-up/", views.take_up, name="take_up"),
    path("<str:code>/stop-sharing/", views.stop_sharing, name="stop_sharing"),
    path("<str:code>/correct/<str:entry>/", correcting.correct, name="correct"),
    path("<str:code>/settle/", views.settle, name="settle"),
    path("<str:code>/second-look/", second_look.ask_for_look, name="second_look"),
    path("<str:code>/met/", met.met, name="met"),
    *(path(f"<str:code>/{slug}/", views.receiver_act(slug), name=slug) for slug in ACTS),
]
