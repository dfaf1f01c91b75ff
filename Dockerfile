# One image for every process of Playground: web, worker, beat, migrations and, when built with
# --build-arg WITH_ENGINES=yes, the built-in provider.
FROM python:3.11-slim AS packages
ARG WITH_ENGINES=no
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /build
COPY requirements.txt requirements-engines.txt constraints.txt ./
RUN pip install -r requirements.txt -c constraints.txt
RUN if [ "$WITH_ENGINES" = yes ]; then pip install --only-binary=:all: -r requirements-engines.txt -c constraints.txt; fi


FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin playground \
    && install -d -o playground -g playground /data
COPY --from=packages /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PLAYGROUND_PRODUCTION=yes \
    PLAYGROUND_DATA=/data \
    STATIC_ROOT=/app/staticfiles
WORKDIR /app
COPY manage.py ./
COPY playground playground
COPY gateway gateway
COPY engines engines
COPY sound sound
COPY rows rows
COPY jsonl jsonl
COPY vectors vectors
COPY apps apps
COPY templates templates
COPY static static
# The secrets of this line only let the settings load; nothing is kept of them.
RUN SECRET_KEY=build PROVIDER_KEY_SECRET=build python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q /app
USER playground
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "uvicorn", "playground.asgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--loop", "uvloop", "--http", "httptools", "--ws", "none", "--lifespan", "off", \
     "--timeout-graceful-shutdown", "5", "--no-access-log", "--no-server-header"]
