from django.urls import path

from warmhandoff.web.network import declines, views

app_name = "network"
urlpatterns = [
    path("", views.home, name="home"),
    path("declines/", declines.desk, name="declines"),
    path("declines/<str:code>/", declines.decline, name="decline"),
    path("declines/<str:code>/stands/", declines.stands, name="no_stands"),
    path("declines/<str:code>/send-back/", declines.send_back, name="send_back"),
    path("declines/<str:code>/elsewhere/", declines.elsewhere, name="elsewhere"),
    path("<str:code>/remind/", views.remind, name="remind"),
    path("<str:code>/suggest/", views.suggest, name="suggest"),
    path("<str:code>/take-over/", views.take_over, name="take_over"),
]
