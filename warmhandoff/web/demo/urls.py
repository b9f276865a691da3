"""Addresses of the demo. They are wired in the demo alone."""

from django.urls import path

from warmhandoff.web.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.start, name="start"),
    path("earlier/", views.earlier_months, name="earlier"),
    path("be/", views.be, name="be"),
    path("follow/", views.follow, name="follow"),
    path("guide/", views.show_guide, name="guide"),
    path("mailbox/", views.mails, name="mailbox"),
    path("mailbox/<slug:code>/", views.mails, name="mailbox_of"),
    path("mail/<slug:code>/", views.mail, name="mail"),
    path("clock/", views.move_clock, name="clock"),
    path("check/", views.check, name="check"),
]
