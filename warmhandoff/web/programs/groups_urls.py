"""Addresses of groups, below those of programs. A code is a group's, a meeting's or a membership's own; it names nobody."""

from django.urls import path

from warmhandoff.web.programs import attendance, curricula, groups, meetings

urlpatterns = [
    path("", groups.home, name="groups"),
    path("new/", groups.new, name="new_group"),
    path("apart/", groups.apart, name="apart"),
    path("apart/<slug:code>/end/", groups.together, name="together"),
    path("curricula/", curricula.home, name="curricula"),
    path("curricula/<slug:code>/", curricula.curriculum, name="curriculum"),
    path("curricula/<slug:code>/own/", curricula.take_over, name="own_curriculum"),
    path("curricula/<slug:code>/version/", curricula.new_version, name="new_version"),
    path("curricula/<slug:code>/<int:number>/sessions/", curricula.sessions, name="sessions"),
    path("meetings/<slug:code>/", meetings.meeting, name="meeting"),
    path("meetings/<slug:code>/move/", meetings.move, name="move_meeting"),
    path("meetings/<slug:code>/cancel/", meetings.cancel, name="cancel_meeting"),
    path("meetings/<slug:code>/cover/", meetings.cover, name="cover_meeting"),
    path("meetings/<slug:code>/make-ups/", meetings.make_ups, name="make_ups"),
    path("meetings/<slug:code>/attendance/", attendance.take, name="attendance"),
    path("meetings/<slug:code>/sheet/", attendance.paper, name="sheet"),
    path("here/<slug:code>/", attendance.here, name="here"),
    path("here/<slug:code>/code/", attendance.own_code, name="own_code"),
    path("members/<slug:code>/leave/", groups.leave, name="leave_group"),
    path("<slug:code>/", groups.group, name="group"),
    path("<slug:code>/change/", groups.change, name="change_group"),
    path("<slug:code>/hours/", groups.hours, name="group_hours"),
    path("<slug:code>/staff/", groups.staff, name="group_staff"),
    path("<slug:code>/people/", groups.join, name="join_group"),
    path("<slug:code>/plan/", meetings.plan, name="plan_meeting"),
    path("<slug:code>/missing/", groups.plan_missing, name="plan_missing"),
    path("<slug:code>/make-up/", meetings.plan_make_up, name="plan_make_up"),
    path("<slug:code>/end/", groups.end, name="end_group"),
]
