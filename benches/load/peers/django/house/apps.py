"""Makes the access exist when an invitation is accepted, in the same request."""

from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "house"

    def ready(self):
        from invitations.signals import invite_accepted

        from house.models import give

        invite_accepted.connect(give)
