"""Addresses behind a supervisor's link. They all begin with the token."""

from django.urls import path

from warmhandoff.web.worksite import views

app_name = "worksite"

urlpatterns = [
    path("<str:token>/", views.page, name="page"),
    path("<str:token>/fresh/", views.fresh, name="fresh"),
    path("<str:token>/right/<str:sheet>/", views.approve, name="approve"),
    path("<str:token>/not-right/<str:sheet>/", views.send_back, name="send_back"),
]
