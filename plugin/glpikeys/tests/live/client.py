# GLPI Keys: invitations for GLPI.
# Copyright (C) 2026 the GLPI Keys authors.
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the live checks share: GLPI's REST interface and a visitor's browser.

The server is named by the environment:
  GLPIKEYS_URL       address of GLPI, e.g. http://127.0.0.1:8080
  GLPIKEYS_LOGIN     a Super-Admin's login
  GLPIKEYS_PASSWORD  and password
Everything a check creates has "glpikeys-check" in its name; cleaning up is its own duty.
"""

import base64
import html
import http.client
import http.cookiejar
import json
import os
import random
import re
import urllib.error
import urllib.parse
import urllib.request
import uuid

URL = os.environ["GLPIKEYS_URL"].rstrip("/")
PASSWORD = "Correct-Horse-7-battery"


class Rest:
    """GLPI's REST interface as one signed-in person."""

    def __init__(self, login=None, password=None):
        pair = (login or os.environ["GLPIKEYS_LOGIN"]) + ":" + (password or os.environ["GLPIKEYS_PASSWORD"])
        status, answer = self.call("GET", "initSession", headers={
            "Authorization": "Basic " + base64.b64encode(pair.encode()).decode()})
        if status != 200:
            raise PermissionError(answer)
        self.session = answer["session_token"]

    session = ""

    def call(self, method, path, body=None, headers=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(URL + "/apirest.php/" + path, data=data, method=method)
        request.add_header("Content-Type", "application/json")
        request.add_header("Accept-Language", "en")
        if self.session:
            request.add_header("Session-Token", self.session)
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            text = error.read()
            try:
                return error.code, json.loads(text)
            except ValueError:
                return error.code, text.decode(errors="replace")

    def get(self, path):
        return self.call("GET", path)[1]

    def invite(self, **fields):
        """Creates an invitation and returns its id and link's token."""
        values = {"uuid": str(uuid.uuid4()), "name": "glpikeys-check", "entities_id": 0,
                  "profiles_id": 1, "max_uses": 1}
        values.update(fields)
        status, answer = self.call("POST", "PluginGlpikeysInvitation", {"input": values})
        if status != 201:
            raise RuntimeError((status, str(answer)[:300]))
        return answer["id"], re.search(r"[0-9A-Za-z]{22}$", answer["message"]).group(0)

    def invitation(self, number):
        return self.get("PluginGlpikeysInvitation/%d" % number)

    def close(self):
        self.call("GET", "killSession")


def from_address(source):
    """Handlers of urllib whose connections come from a certain address of this computer."""
    if source is None:
        return []

    class Plain(urllib.request.HTTPHandler):
        def http_open(self, request):
            return self.do_open(http.client.HTTPConnection, request, source_address=(source, 0))

    class Encrypted(urllib.request.HTTPSHandler):
        def https_open(self, request):
            return self.do_open(http.client.HTTPSConnection, request, source_address=(source, 0))

    return [Plain(), Encrypted()]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


def own_address():
    """An address that nobody else's failures are counted by, where GLPI is on this computer."""
    host = urllib.parse.urlsplit(URL).hostname
    return "127.%d.%d.%d" % tuple(random.randrange(1, 255) for _ in range(3)) if host == "127.0.0.1" else None


class Visitor:
    """A browser with its own cookies, without JavaScript. source is an address of own_address()."""

    PATH = "/plugins/glpikeys/front/join.php"

    def __init__(self, language="en", headers=None, source=None):
        self.headers = {"Accept-Language": language, "User-Agent": "Mozilla/5.0 (check)", **(headers or {})}
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies), NoRedirect(), *from_address(source))

    def request(self, method, address, fields=None, headers=None):
        data = None if fields is None else urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(address, data=data, method=method)
        for name, value in {**self.headers, **(headers or {})}.items():
            request.add_header(name, value)
        try:
            answer = self.opener.open(request, timeout=180)
        except urllib.error.HTTPError as error:
            answer = error
        body = answer.read().decode(errors="replace")
        return Page(answer.status, dict(answer.headers), body)

    def open(self, token, method="GET", headers=None):
        return self.request(method, URL + self.PATH + "?i=" + token, headers=headers)

    def submit(self, page, **fields):
        """Sends the form of a page; follows the redirect that a success answers with."""
        values = dict(page.hidden)
        values.update(fields)
        answer = self.request("POST", URL + self.PATH, values)
        return self.follow(answer)

    def follow(self, answer):
        if answer.status == 303:
            place = urllib.parse.urljoin(URL, answer.headers["Location"])
            after = self.request("GET", place)
            after.came_by = answer
            return after
        return answer

    def register(self, token, person, **more):
        page = self.open(token)
        return self.submit(page, **{**person, **more})


class Central(Visitor):
    """A signed-in person's browser on GLPI's own pages."""

    def __init__(self):
        super().__init__()
        page = self.request("GET", URL + "/index.php")
        fields = {"_glpi_csrf_token": page.csrf, "noAUTO": "1", "submit": "1"}
        for kind, value in (("login_name", "GLPIKEYS_LOGIN"), ("login_password", "GLPIKEYS_PASSWORD")):
            box = re.search(r'<input[^>]*id="%s"[^>]*>' % kind, page.body).group(0)
            fields[re.search(r'name="([^"]+)"', box).group(1)] = os.environ[value]
        if self.request("POST", URL + "/front/login.php", fields).status != 302:
            raise PermissionError("sign-in page")

    def tab(self, itemtype, number, tab):
        """What a tab of an item's page loads."""
        return self.request("GET", URL + "/ajax/common.tabs.php?" + urllib.parse.urlencode({
            "_target": "/", "_itemtype": itemtype, "_glpi_tab": tab, "id": number}),
            headers={"X-Requested-With": "XMLHttpRequest"})


class Page:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        self.came_by = None

    @property
    def hidden(self):
        found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.body)
        return {name: html.unescape(value) for name, value in found}

    @property
    def csrf(self):
        """The form token of one of GLPI's own pages."""
        found = re.search(r'name="_glpi_csrf_token"\s+value="([^"]+)"', self.body) \
            or re.search(r'property="glpi:csrf_token" content="([^"]+)"', self.body)
        return found.group(1) if found else ""

    @property
    def title(self):
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.body, re.S)
        return html.unescape(found.group(1)).strip() if found else ""

    @property
    def problems(self):
        return [html.unescape(text) for text in
                re.findall(r'(?:invalid-feedback"[^>]*|role="alert")>(.*?)</div>', self.body, re.S)]


def person(tag):
    return {"firstname": "Check", "realname": "Person " + tag, "email": "glpikeys-check-%s@example.org" % tag,
            "login": "glpikeys-check-" + tag, "password": PASSWORD, "password2": PASSWORD}


def remove_people(rest):
    """Purges every account a check created, by login or e-mail; returns how many."""
    count = 0
    while True:
        found = rest.get("search/User?criteria[0][field]=1&criteria[0][searchtype]=contains&criteria[0][value]=glpikeys-check"
                         "&criteria[1][link]=OR&criteria[1][field]=5&criteria[1][searchtype]=contains"
                         "&criteria[1][value]=glpikeys-check&forcedisplay[0]=2&range=0-199")
        rows = (found or {}).get("data") or []
        if not rows:
            return count
        rest.call("DELETE", "User", {"input": [{"id": row["2"]} for row in rows], "force_purge": True})
        count += len(rows)
