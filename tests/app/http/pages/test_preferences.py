"""A language and a theme: asked for by the browser, or chosen; files of pages are kept by their digest."""

import re

import pytest
from flask.testing import FlaskClient

from tests.app.http.authorization.apps import OWN_PAGE

SIGN_IN = "/auth/sign-in"


def language_of(text: str) -> str:
    return re.findall(r'<html lang="(\w+)"', text)[0]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("ko-KR,ko;q=0.9,en;q=0.8", "ko"), ("en-US", "en"), ("fr", "en"), ("", "en"), ("fr, ko;q=0.1", "ko")],
)
def test_the_language_is_that_of_the_browser(client: FlaskClient, wanted: str, found: str) -> None:
    page = client.get(SIGN_IN, headers={"Accept-Language": wanted}).text

    assert language_of(page) == found
    assert ("로그인" in page) is (found == "ko")


def test_what_was_chosen_counts_before(client: FlaskClient) -> None:
    chosen = client.post("/preferences", data={"language": "ko", "next": SIGN_IN}, headers=OWN_PAGE)

    assert (chosen.status_code, chosen.location) == (303, f"http://127.0.0.1:8042{SIGN_IN}")
    assert language_of(client.get(SIGN_IN, headers={"Accept-Language": "en"}).text) == "ko"
    client.post("/preferences", data={"theme": "dark"}, headers=OWN_PAGE)
    client.post("/preferences", data={"keys": "off"}, headers=OWN_PAGE)
    page = client.get(SIGN_IN).text
    assert '<html lang="ko" data-theme="dark" data-keys="off">' in page
    client.post("/preferences", data={"theme": "system", "keys": "on"}, headers=OWN_PAGE)
    assert '<html lang="ko">' in client.get(SIGN_IN).text


def test_what_is_no_choice_changes_nothing(client: FlaskClient) -> None:
    client.post("/preferences", data={"language": "xx", "theme": '"><script>'}, headers=OWN_PAGE)
    client.set_cookie("hilum-view", '"><script>.blue.x')

    assert re.findall("<html[^>]*>", client.get(SIGN_IN).text) == ['<html lang="en">']


def test_another_site_chooses_nothing_and_nobody_is_led_away(client: FlaskClient) -> None:
    foreign = client.post("/preferences", data={"language": "ko"}, headers={"Origin": "https://evil.example"})
    away = client.post("/preferences", data={"next": "//evil.example/"}, headers=OWN_PAGE)

    assert foreign.status_code == 403
    assert away.location == "http://127.0.0.1:8042/home"


def test_files_are_kept_by_their_digest(client: FlaskClient) -> None:
    page = client.get(SIGN_IN).text
    (style,) = re.findall(r'href="http://127.0.0.1:8042(/assets/hilum.css\?v=\w+)"', page)
    kept, asked = client.get(style), client.get("/assets/hilum.css")

    assert "immutable" in kept.headers["Cache-Control"]
    assert asked.headers["Cache-Control"] == "no-cache"
    again = client.get("/assets/hilum.css", headers={"If-None-Match": asked.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/assets/none.css").status_code == 404
    assert client.get("/assets/..%2Froutes.py").status_code == 404


def test_a_page_has_no_script_and_no_style_of_its_own(client: FlaskClient) -> None:
    page = client.get(SIGN_IN).text

    assert not re.findall(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", page)
