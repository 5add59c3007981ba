# HeadsUp in a container. Diary in /data, key in /keys, settings from the environment or /config/config.toml.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin headsup \
    && install -d -o headsup -g headsup -m 0700 /backups /config /data /keys

WORKDIR /src
# The dependencies first: they change seldom, so their layer is kept.
COPY requirements.lock requirements-postgres.lock ./
RUN pip install --require-hashes --only-binary :all: -r requirements.lock -r requirements-postgres.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY jobs jobs
# hatchling is in the lock too, so nothing is fetched here.
RUN pip install --no-deps --no-build-isolation .

# The key has a volume of its own: it must not travel with copies of the diary.
ENV HEADSUP_DATABASE__URL=sqlite:////data/headsup.db \
    HEADSUP_KEYS__FILE=/keys/headsup.key \
    HEADSUP_HTTP__PORT=9484
VOLUME ["/data", "/keys"]

# config.toml is looked for where the bot is started; without one the environment is enough.
WORKDIR /config
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s \
    CMD ["python", "-c", "import http.client, os; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['HEADSUP_HTTP__PORT']), timeout=5); c.request('GET', '/health'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["headsup"]
CMD ["run"]
