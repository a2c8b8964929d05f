"""What every route may ask for: the server's parts, and its list documents."""

from typing import Annotated

from fastapi import Depends, Request

from forecaster.api.lists import Lists
from forecaster.serving import Serving


async def _served(request: Request) -> Serving:
    serving: Serving = request.app.state.serving
    return serving


async def _lists(request: Request) -> Lists:
    lists: Lists = request.app.state.lists
    return lists


Served = Annotated[Serving, Depends(_served)]
Composed = Annotated[Lists, Depends(_lists)]
