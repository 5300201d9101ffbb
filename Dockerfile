# One image for web server, worker and beat; compose.yaml says what each runs.

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
# The dependencies before the code, so that a change of code does not install them anew.
COPY pyproject.toml ./
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" \
        > /requirements.txt \
    && pip install -r /requirements.txt
COPY manage.py ./
COPY tomp_backoffice tomp_backoffice
COPY apps apps
COPY templates templates
COPY locale locale
# Static files are the same whatever the settings; no database is asked.
RUN DATABASE_URL=postgres://none TOMP_DATA_DIR=/tmp/build python manage.py collectstatic --no-input \
    && python -m compileall -q apps tomp_backoffice

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --create-home --home-dir /var/lib/tomp tomp
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TOMP_PRODUCTION=1 \
    TOMP_DATA_DIR=/var/lib/tomp
USER 10001
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--no-ws", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "8", "--no-access-log", "tomp_backoffice.wsgi:application"]
