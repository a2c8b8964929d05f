# One image for `forecaster up` (the default), `forecaster serve` and `forecaster work`.
# The tag is raised by hand, with the pins: a replay is exact only for the same Python and pins.
ARG PYTHON=3.11.14-slim-trixie

FROM python:${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/forecaster
ENV PATH=/opt/forecaster/bin:$PATH
WORKDIR /src
# The dependencies first: this layer is built anew only when the pins change.
COPY requirements.lock ./
RUN pip install --require-hashes --only-binary=:all: -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY indicators indicators
COPY forecaster forecaster
# pip fetches the build backend for this step alone; pyproject.toml names its exact version.
RUN pip install --no-deps .

FROM python:${PYTHON}
RUN groupadd --gid 10001 forecaster \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data \
        --shell /usr/sbin/nologin forecaster \
    && install --directory --owner 10001 --group 10001 --mode 0700 /data
COPY --from=build /opt/forecaster /opt/forecaster
ENV PATH=/opt/forecaster/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    FORECASTER_DATA_DIR=/data
USER 10001:10001
# Database, keys and raw documents; the rest of the file system may be read-only, with a /tmp.
VOLUME /data
WORKDIR /data
EXPOSE 8000
# Only `up` and `serve` answer it; for a container that runs `work`, switch it off.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["forecaster"]
CMD ["up", "--host", "0.0.0.0"]
