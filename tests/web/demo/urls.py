"""The product's addresses as they are in the demo."""

from django.urls import include, path

from warmhandoff.web.site.urls import handler400, handler403, handler404, handler429, handler500
from warmhandoff.web.site.urls import urlpatterns as product

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500"]

urlpatterns = [path("demo/", include("warmhandoff.web.demo.urls")), *product]
