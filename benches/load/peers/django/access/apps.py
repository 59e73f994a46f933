"""Makes the access exist when an invitation is accepted, in the same request."""

from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "access"

    def ready(self):
        from invitations.signals import invite_accepted

        from access.models import give

        invite_accepted.connect(give)
