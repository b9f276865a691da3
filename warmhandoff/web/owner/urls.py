"""Addresses behind a service's mailed link. They all begin with the token."""

from django.urls import path

from warmhandoff.web.owner import views

app_name = "owner"

urlpatterns = [
    path("<str:token>/", views.page, name="page"),
    path("<str:token>/true/", views.still_true, name="still_true"),
    path("<str:token>/room/", views.room, name="room"),
    path("<str:token>/words/", views.words, name="words"),
    path("<str:token>/places/add/", views.add_place, name="add_place"),
    path("<str:token>/places/<str:place>/", views.change_place, name="change_place"),
    path("<str:token>/code/", views.code, name="code"),
    path("<str:token>/code/send/", views.send_code, name="send_code"),
    path("<str:token>/wrong-mailbox/", views.wrong_mailbox, name="wrong_mailbox"),
    path("<str:token>/fresh/", views.fresh, name="fresh"),
]
