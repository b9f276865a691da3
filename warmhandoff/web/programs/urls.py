"""Addresses of programs. The code in one is an enrollment's own, or our code of somebody's file; it names nobody."""

from django.urls import include, path

from warmhandoff.web.programs import desk, taking_part

app_name = "programs"

urlpatterns = [
    path("", desk.home, name="home"),
    path("groups/", include("warmhandoff.web.programs.groups_urls")),
    path("apply/<slug:code>/", taking_part.apply, name="apply"),
    path("taking-part/<slug:code>/", taking_part.enrollment, name="enrollment"),
    path("taking-part/<slug:code>/place/", taking_part.enroll, name="enroll"),
    path("taking-part/<slug:code>/agreed/", taking_part.agree, name="agree"),
    path("taking-part/<slug:code>/list/", taking_part.put_on_list, name="waitlist"),
    path("taking-part/<slug:code>/began/", taking_part.begin, name="begin"),
    path("taking-part/<slug:code>/completed/", taking_part.complete, name="complete"),
    path("taking-part/<slug:code>/left/", taking_part.leave, name="leave"),
    path("taking-part/<slug:code>/mistake/", taking_part.take_back, name="take_back"),
]
