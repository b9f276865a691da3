"""Addresses of a person's own page. Those behind a link begin with the token; none holds anything about anybody."""

from django.urls import path

from warmhandoff.web.own import acts, export, group, hours, papers, typed, views

app_name = "own"

urlpatterns = [
    path("", typed.card, name="card"),
    path("screen/", typed.kiosk, name="kiosk"),
    path("screen/forget/", typed.forget, name="forget"),
    path("left/", views.left, name="left"),
    path("<str:token>/", views.page, name="page"),
    path("<str:token>/code/", views.code, name="code"),
    path("<str:token>/code/send/", views.send_code, name="send_code"),
    path("<str:token>/fresh/", views.fresh, name="fresh"),
    path("<str:token>/leave/", views.leave, name="leave"),
    path("<str:token>/stop/<slug:consent>/", acts.stop, name="stop"),
    path("<str:token>/answer/<slug:question>/", acts.answer, name="answer"),
    path("<str:token>/wrong/", acts.wrong, name="wrong"),
    path("<str:token>/group/", group.group, name="group"),
    path("<str:token>/hours/", hours.hours, name="hours"),
    path("<str:token>/hours/<slug:work>/<str:week>/", hours.write, name="write_hours"),
    path("<str:token>/hours/<slug:sheet>/", hours.correct, name="correct_hours"),
    path("<str:token>/papers/", papers.papers, name="papers"),
    path("<str:token>/program/<slug:enrollment>/wrong/", acts.program_wrong, name="program_wrong"),
    path("<str:token>/no-mails/", acts.no_mails, name="no_mails"),
    path("<str:token>/file/", export.choose, name="file"),
    path("<str:token>/file/pdf/<slug:house>/", export.letter, name="letter"),
    path("<str:token>/file/data/", export.data, name="data"),
]
