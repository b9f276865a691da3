"""Addresses of employers, of least wages and of occupations."""

from django.urls import path

from warmhandoff.web.employers import views, wages

app_name = "employers"

urlpatterns = [
    path("", views.employers, name="list"),
    path("add/", views.add, name="add"),
    path("least-wages/", wages.floors, name="floors"),
    path("least-wages/add/", wages.add_floor, name="add_floor"),
    path("least-wages/<slug:floor>/verify/", wages.verify_floor, name="verify_floor"),
    path("occupations/", wages.occupations, name="occupations"),
    path("occupations/<slug:soc>/", wages.occupation, name="occupation"),
    path("<slug:code>/", views.employer, name="employer"),
    path("<slug:code>/worksites/add/", views.add_site, name="add_site"),
    path("<slug:code>/worksites/<slug:site>/end/", views.end_site, name="end_site"),
    path("<slug:code>/contacts/add/", views.add_contact, name="add_contact"),
    path("<slug:code>/contacts/<slug:contact>/", views.change_contact, name="change_contact"),
    path("<slug:code>/contacts/<slug:contact>/end/", views.end_contact, name="end_contact"),
]
