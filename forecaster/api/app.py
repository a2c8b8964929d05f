"""Put the HTTP API together: routes, problems, the image's refresher, and the edge around them."""

from importlib.metadata import version

from fastapi import Depends, FastAPI

from forecaster.api import problems, queries, refreshing, refusals
from forecaster.api.edge import Edge
from forecaster.api.lists import Lists
from forecaster.api.pacing import Bucket
from forecaster.api.routes import (
    alerts,
    changes,
    definitions,
    forecasts,
    health,
    indicators,
    observations,
    provenance,
    schemas,
    start,
    webhooks,
)
from forecaster.serving import Serving

_ROUTES = (
    *(start, indicators, definitions, observations, provenance, forecasts, alerts, webhooks),
    *(changes, schemas, health),
)


def create_app(serving: Serving) -> FastAPI:
    """Make the application that answers from what is given; its lifespan keeps the image fresh."""
    app = FastAPI(
        title="forecaster",
        version=version("forecaster"),
        summary="Indicators, forecasts and alerts on collaboration after displays of unity",
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        openapi_url=None,  # served by a route of ours, as strict as the others
        redirect_slashes=False,
        lifespan=refreshing.lifespan,
        dependencies=[Depends(queries.known_parameters_only)],
        responses=problems.documented("invalid-request"),
    )
    app.state.serving = serving
    app.state.lists = Lists(serving.image)
    app.state.checks = Bucket(size=definitions.BURST, per_second=definitions.PER_SECOND)
    refusals.register(app)
    for route in _ROUTES:
        app.include_router(route.router)
    _describe(app)
    app.state.known_parameters = queries.known_parameters(app)
    app.add_middleware(Edge)
    return app


def _describe(app: FastAPI) -> None:
    """Complete the OpenAPI document with the form that all problems have."""
    components = app.openapi().setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["ProblemDocument"] = problems.ProblemDocument.model_json_schema()
