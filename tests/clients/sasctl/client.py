"""Drives SAS's sasctl as it is published, and prints what it saw as one JSON object.

COUNTERSIGN_URL  the daemon                  SAS_USER, SAS_PASSWORD  who signs in
SHARED_WITH      to whom files are shared    FOREIGN                 the URI of a file that is somebody else's
MANY             how many files are shared
"""

import json
import os
from urllib.parse import urlsplit

from sasctl import Session
from sasctl._services.service import Service
from sasctl.core import HTTPError, RestObj

URL = urlsplit(os.environ["COUNTERSIGN_URL"])
SHARE = "application/vnd.sas.authorization.share+json"


class Shares(Service):
    """Declared as the client's own services are: it has none for shares."""

    _SERVICE_ROOT = "/authorization"
    list_shares, get_share, update_share, delete_share = Service._crud_funcs("/shares", "share")


def sign_in(password):
    return Session(URL.hostname, os.environ["SAS_USER"], password, protocol="http", port=URL.port)


def create(number, uri=None):
    share = {
        "type": "read",
        "sharedWith": os.environ["SHARED_WITH"],
        "sharedWithType": "user",
        "resourceUri": uri or f"/files/files/{number}",
        "name": f"share {number}",
    }
    return Shares.post("/shares", json=share, headers={"Accept": SHARE, "Content-Type": SHARE})


def ended(call):
    """What a call ended with: its value, or what the client raises."""
    try:
        return {"value": call()}
    except HTTPError as error:
        return {"raised": type(error).__name__, "code": error.code}
    except Exception as error:
        return {"raised": type(error).__name__, "text": str(error)}


def drive():
    many = int(os.environ["MANY"])
    saw = {"wrong_password": ended(lambda: sign_in("not the password"))}
    with sign_in(os.environ["SAS_PASSWORD"]) as session:
        saw["is_available"] = Shares.is_available()
        saw["info"] = ended(Shares.info)
        saw["empty"] = list(Shares.list_shares())
        first = create(0)
        saw["created"] = dict(first)
        saw["created_is_object"] = isinstance(first, RestObj)
        saw["only_one"] = [share["id"] for share in Shares.list_shares()]
        for number in range(1, many):
            create(number)

        shares = Shares.list_shares(limit=50)
        saw["length_before"] = len(shares)
        saw["names"] = [share["name"] for share in shares]
        again = Shares.list_shares()
        saw["last"] = again[many - 1]["name"]
        saw["past_the_end"] = ended(lambda: again[many]["name"])
        saw["clamped"] = len(list(Shares.list_shares(limit=1000000)))

        saw["by_name"] = Shares.get_share("share 7")["name"]
        saw["filtered"] = [
            share["name"] for share in Shares.list_shares(filter='and(endsWith(name,"7"),not(contains(name,"1")))', limit=9)
        ]
        saw["sorted"] = [share["name"] for share in Shares.list_shares(sortBy="name:descending", limit=3)[:3]]
        saw["bad_filter"] = ended(lambda: Shares.list_shares(filter="eq(colour,'red')"))
        saw["foreign"] = ended(lambda: create(many, os.environ["FOREIGN"]))

        stale, fresh = Shares.get_share(first.id), Shares.get_share(first.id)
        fresh["type"] = "readEdit"
        updated = Shares.update_share(fresh)
        saw["updated"] = dict(updated)
        saw["new_tag"] = updated._headers.get("etag") != stale._headers.get("etag")
        stale["type"] = "readShare"
        saw["stale"] = ended(lambda: Shares.update_share(stale))
        saw["without_tag"] = ended(lambda: Shares.put(f"/shares/{first.id}", json=dict(updated)))

        saw["deleted"] = ended(lambda: Shares.delete_share(first.id))
        saw["after_delete"] = ended(lambda: Shares.get_share(first.id))
        saw["deleted_again"] = ended(lambda: Shares.delete(f"/shares/{first.id}"))
        saw["left"] = len(list(Shares.list_shares()))
        del session
    return saw


if __name__ == "__main__":
    print(json.dumps(drive()))
