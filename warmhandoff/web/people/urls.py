"""Addresses of people. The code in them is this organization's own for its file; it names nobody."""

from django.urls import path

from warmhandoff.web.people import acts, finding, intake, person, sharing

app_name = "people"

urlpatterns = [
    path("", finding.find, name="find"),
    path("new/", intake.intake, name="intake"),
    path("new/under-18/", intake.too_young, name="too_young"),
    path("<str:code>/", person.story, name="person"),
    path("<str:code>/referrals/", person.referrals, name="referrals"),
    path("<str:code>/needs/", person.needs, name="needs"),
    path("<str:code>/needs/close/", acts.close_need, name="close_need"),
    path("<str:code>/who-can-see/", sharing.who_can_see, name="who_can_see"),
    path("<str:code>/who-can-see/<str:consent>/stop/", sharing.stop, name="stop_sharing"),
    path("<str:code>/record/", acts.record, name="record"),
    path("<str:code>/step/", acts.step, name="step"),
    path("<str:code>/step/<str:duty>/done/", acts.finish, name="finish"),
    path("<str:code>/contact/", acts.contact, name="contact"),
    path("<str:code>/contact/add/", acts.add_way, name="add_way"),
    path("<str:code>/contact/stop/", acts.stop_way, name="stop_way"),
    path("<str:code>/assign/", acts.assign, name="assign"),
    path("<str:code>/release/", acts.release, name="release"),
]
