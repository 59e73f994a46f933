"""Makes the tables, people who are signed in, and invitations that wait; says what a client needs, as one JSON object.

    python prepare.py WAITING OPEN PEOPLE
"""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.utils.crypto import get_random_string  # noqa: E402
from invitations.models import Invitation  # noqa: E402


def signed_in(user):
    """The value of the session's cookie, as a login leaves it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


waiting, still_open, people = (int(argument) for argument in sys.argv[1:])
call_command("migrate", verbosity=0)
users = [get_user_model().objects.create(username=f"person{n}", email=f"person{n}@mail.example") for n in range(people)]
for user in users:
    user.set_unusable_password()
    user.save()
keys = [get_random_string(64).lower() for _ in range(waiting + still_open)]
now = timezone.now()
Invitation.objects.bulk_create(
    (
        Invitation(email=f"guest{n}@mail.example", key=key, inviter=users[n % people], sent=now)
        for n, key in enumerate(keys)
    ),
    batch_size=5_000,
)
with connection.cursor() as cursor:
    cursor.execute("VACUUM ANALYZE")
print(
    json.dumps(
        {
            "sessions": [signed_in(user) for user in users],
            "csrf": get_random_string(32),
            "keys": keys[waiting:],
        }
    )
)
