"""`warmhandoff healthy`: what a health check learns from its exit status."""

from __future__ import annotations

import argparse
import http.server
import threading
from contextlib import contextmanager

import pytest
from django.db import connection

from warmhandoff.cli import healthy, port


@contextmanager
def web(status):
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers["Host"], self.headers["X-Forwarded-Proto"]))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port, asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def run(*, number=0, worker=False):
    return healthy.run(argparse.Namespace(port=number, worker=worker))


def test_web_is_asked_as_its_proxy_asks(settings):
    settings.ROOT_URL = "https://handoff.example.org"
    with web(200) as (number, asked):
        assert run(number=number) == 0
    assert asked == [("/healthz/", "handoff.example.org", "https")]


def test_another_answer_or_none_is_not_healthy(capsys):
    with web(500) as (number, _):
        assert run(number=number) == 1
    assert "Web answers 500" in capsys.readouterr().err
    assert run(number=port.free()) == 1
    assert "does not answer" in capsys.readouterr().err


@pytest.mark.django_db
def test_a_worker_shows_itself_or_is_not_alive(capsys):
    assert run(worker=True) == 1
    assert "No worker has shown itself for 60 seconds." in capsys.readouterr().err
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '2 minutes')"
        )
        assert run(worker=True) == 1
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    assert run(worker=True) == 0
