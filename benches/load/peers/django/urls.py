"""The package's own views, and one that says that we are ready."""

from django.http import HttpResponse
from django.urls import include, path

urlpatterns = [
    path("invitations/", include("invitations.urls", namespace="invitations")),
    path("readyz", lambda request: HttpResponse("ready")),
]
