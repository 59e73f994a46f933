"""Access: who gave it, and to whom."""

from django.conf import settings
from django.db import models


class Access(models.Model):
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="gave")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="holds")
    given_at = models.DateTimeField(auto_now_add=True)


def give(invitation, request, **_):
    Access.objects.create(giver=invitation.inviter, holder=request.user)
