"""Who may write: whoever holds the admin key."""

import hmac
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from forecaster.api.problems import Problem
from forecaster.api.served import Served

_bearer = HTTPBearer(
    auto_error=False, scheme_name="adminKey", description="the installation's admin key"
)


async def admin_only(
    served: Served, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> None:
    """Let through whoever holds the admin key; the comparison's time says nothing of the key."""
    if given is None:
        raise Problem(
            "key-needed",
            "send the header 'Authorization: Bearer KEY'; the key is FORECASTER_ADMIN_KEY, or "
            "stands in the file admin.key of the data directory",
            headers={"WWW-Authenticate": 'Bearer realm="forecaster"'},
        )
    if not hmac.compare_digest(given.credentials.encode(), served.admin_key.encode()):
        raise Problem(
            "key-needed",
            "this is not the admin key; it is FORECASTER_ADMIN_KEY, or stands in the file "
            "admin.key of the data directory",
            headers={"WWW-Authenticate": 'Bearer realm="forecaster", error="invalid_token"'},
        )
