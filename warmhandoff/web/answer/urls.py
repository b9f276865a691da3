"""Addresses behind a mail's link. They all begin with the token."""

from django.urls import path

from warmhandoff.web.answer import views

app_name = "answer"

urlpatterns = [
    path("<str:token>/", views.page, name="page"),
    path("<str:token>/seen/", views.seen, name="seen"),
    path("<str:token>/code/", views.code, name="code"),
    path("<str:token>/code/send/", views.send_code, name="send_code"),
    path("<str:token>/wrong-mailbox/", views.wrong_mailbox, name="wrong_mailbox"),
    path("<str:token>/fresh/", views.fresh, name="fresh"),
    path("<str:token>/correct/<str:entry>/", views.correct, name="correct"),
    path("<str:token>/<slug:slug>/", views.act, name="act"),
]
