from django.urls import path

from warmhandoff.web.network import views

app_name = "network"
urlpatterns = [
    path("", views.home, name="home"),
    path("<str:code>/remind/", views.remind, name="remind"),
    path("<str:code>/suggest/", views.suggest, name="suggest"),
    path("<str:code>/take-over/", views.take_over, name="take_over"),
]
