"""Addresses behind the weekly mail about what has stalled. They all begin with the token."""

from django.urls import path

from warmhandoff.web.stalled import views

app_name = "stalled"

urlpatterns = [
    path("<str:token>/", views.page, name="page"),
    path("<str:token>/code/", views.code, name="code"),
    path("<str:token>/code/send/", views.send_code, name="send_code"),
    path("<str:token>/wrong-mailbox/", views.wrong_mailbox, name="wrong_mailbox"),
    path("<str:token>/fresh/", views.fresh, name="fresh"),
]
