"""Addresses of referrals, for whoever signs in."""

from django.urls import path

from warmhandoff.web.answer.acts import ACTS
from warmhandoff.web.referrals import refer, views

app_name = "referrals"

urlpatterns = [
    path("", views.listing, name="list"),
    path("new/<str:code>/", refer.refer, name="refer"),
    path("new/<str:code>/no/", refer.refused, name="refused"),
    path("<str:code>/", views.referral, name="referral"),
    path("<str:code>/seen/", views.seen, name="seen"),
    path("<str:code>/withdraw/", views.withdraw, name="withdraw"),
    path("<str:code>/reply/", views.reply, name="reply"),
    path("<str:code>/stop-sharing/", views.stop_sharing, name="stop_sharing"),
    path("<str:code>/settle/", views.settle, name="settle"),
    *(path(f"<str:code>/{slug}/", views.receiver_act(slug), name=slug) for slug in ACTS),
]
