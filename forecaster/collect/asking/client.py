"""The client for sources: under our guard, with keys put in beneath it, and a name on it."""

import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from forecaster.collect.asking.decoding import ACCEPTED
from forecaster.collect.asking.fetch import Limits
from forecaster.collect.asking.keys import KeyedTransport
from forecaster.network.addresses import Resolve
from forecaster.network.dialling import CheckedBackend
from forecaster.network.resolving import Resolver
from forecaster.network.transport import direct, proxied


def new_client(
    contact: str | None,
    limits: Limits | None = None,
    transport: httpx.BaseTransport | None = None,
    *,
    allow_private: bool = False,
    proxy: str | None = None,
    resolve: Resolve | None = None,
    tls: ssl.SSLContext | None = None,
) -> httpx.Client:
    """Make the client for sources: HTTP/1.1, no cookies, and whom to call if it annoys.

    Args:
        contact: Who runs this installation, told to sources in the `User-Agent`.
        limits: How long connecting and each step of reading may take.
        transport: Takes the requests instead of the network.
        allow_private: Loopback and private networks may be called, too.
        proxy: Connects for us; it knows where names lead, and no address is judged here. The
            proxies that the environment names are not asked: they would go round the guard.
        resolve: Looks names up, else the system does.
        tls: Which certificates are trusted, else those that come along.
    """
    limits = limits or Limits()
    if transport is None and proxy is not None:
        transport = proxied(proxy, tls)
    elif transport is None:
        transport = direct(CheckedBackend(allow_private, resolve or Resolver()), tls)
    return httpx.Client(
        headers={
            "User-Agent": f"forecaster (+{contact})" if contact else "forecaster",
            "Accept-Encoding": ACCEPTED,
        },
        timeout=httpx.Timeout(limits.read_seconds, connect=limits.connect_seconds),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        follow_redirects=False,
        trust_env=False,
        transport=KeyedTransport(transport),
    )
