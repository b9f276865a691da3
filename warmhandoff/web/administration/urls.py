from django.urls import path

from warmhandoff.web.administration import views

app_name = "administration"
urlpatterns = [
    path("", views.home, name="home"),
    path("add/", views.add, name="add"),
    path("<str:code>/", views.organization, name="organization"),
    path("<str:code>/join/", views.join, name="join"),
    path("<str:code>/agreement/", views.sign, name="sign"),
    path("<str:code>/invite/", views.invite, name="invite"),
    path("<str:code>/invitations/<str:invitation>/withdraw/", views.withdraw, name="withdraw_invitation"),
    path("<str:code>/invitations/<str:invitation>/again/", views.resend, name="resend_invitation"),
    path("<str:code>/close/", views.close, name="close"),
    path("<str:code>/closed/", views.closed, name="closed"),
]
