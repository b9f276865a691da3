"""Addresses of Today."""

from django.urls import path

from warmhandoff.web.today import views

app_name = "today"

urlpatterns = [path("", views.home, name="home")]
