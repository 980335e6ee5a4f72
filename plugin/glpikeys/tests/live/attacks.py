# GLPI Keys: invitations for GLPI.
# Copyright (C) 2026 the GLPI Keys authors.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attacks on the join page. See client.py for the environment; besides, optionally:

  GLPIKEYS_GUESSES  how many tokens to guess (200 otherwise)
  GLPIKEYS_LOGS     folders with GLPI's logs and sessions, by colons: no token may be in them
  GLPIKEYS_MARIADB  a command that reaches GLPI's database
  GLPIKEYS_DUMP     a command that dumps GLPI's database: no token may be in it
"""

import concurrent.futures
import os
import random
import shlex
import string
import subprocess
import sys
import time
import urllib.parse

import client

STAMP = "%x" % int(time.time())
COMMAND = shlex.split(os.environ.get("GLPIKEYS_MARIADB", ""))
RESULTS = []
EVIL = ["'", "\\", "\\'", "' OR 1=1 -- ", "'; DROP TABLE glpi_users; -- ", "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>", "{{ 7*7 }}", "%27%20OR%201", "\0", "\r\nX-Evil: 1", "&#60;b&#62;", "😀" * 80,
        "a" * 5000]
SIGNS = ["<script>alert(1)", "<img src=x", "SQL syntax", "MySQL", "Stack trace", "DBmysql", "X-Evil: 1\r"]


def check(name, good, detail=""):
    RESULTS.append(bool(good))
    print("%s %s%s" % ("ok   " if good else "WRONG", name, "" if good else ": %s" % (detail,)), flush=True)


def sql(text):
    return subprocess.run(COMMAND + ["-N", "-e", text], capture_output=True, text=True, check=True).stdout.strip()


def harmless(page):
    return page.status < 500 and not any(sign in page.body for sign in SIGNS) and "X-Evil" not in page.headers


def fields(rest):
    number, token = rest.invite(max_uses=0)
    bad = []
    for name in ("firstname", "realname", "login", "email", "password", "password2", "website", "step", "invitation",
                 "_glpi_csrf_token", "code"):
        for value in EVIL:
            # Each from an address of its own, where that is possible: most forms are refused.
            visitor = client.Visitor(source=client.own_address())
            person = client.person("evil-%s-%d" % (STAMP, random.randrange(10 ** 9)))
            page = visitor.submit(visitor.open(token), **{**person, name: value})
            if not harmless(page) and not (name == "_glpi_csrf_token" and page.status in (200, 403)):
                bad.append((name, value[:20], page.status))
    check("%d values in each of 11 fields" % len(EVIL), not bad, bad[:5])
    users = rest.get("search/User?criteria[0][field]=1&criteria[0][searchtype]=contains&criteria[0][value]=glpikeys-check-evil&range=0-1")
    print("      %s of them made an account" % users["totalcount"])
    visitor = client.Visitor()
    page = visitor.request("POST", client.URL + client.Visitor.PATH, {
        **{key + "[]": value for key, value in client.person("list-" + STAMP).items()}, "invitation[]": token})
    check("lists instead of texts", page.status < 500, page.status)
    visitor = client.Visitor()
    page = visitor.submit(visitor.open(token), **client.person("mass-" + STAMP), profiles_id="4", _profiles_id="4",
                          entities_id="0", is_active="1", authtype="3", uses="0", groups="[1]", users_id="2", id="2")
    found = rest.get("User?searchText[name]=glpikeys-check-mass-" + STAMP)
    rights = rest.get("User/%d/Profile_User" % found[0]["id"])
    check("more fields than the form has change nothing",
          [row["profiles_id"] for row in rights] == [1] and found[0]["authtype"] == 1, rights)


def headers_and_paths(rest):
    number, token = rest.invite()
    bad = []
    for value in EVIL:
        clean = value.replace("\r\n", "").replace("\0", "")[:1000].encode("utf-8").decode("latin-1")
        for name in ("User-Agent", "Accept-Language", "Referer", "X-Forwarded-For", "X-Forwarded-Host", "Origin", "Cookie"):
            page = client.Visitor(source=client.own_address()).open(token, headers={name: clean})
            if not harmless(page) or page.title == "":
                bad.append((name, value[:20], page.status))
        quoted = urllib.parse.quote(value[:1000], safe="")
        for address in (client.Visitor.PATH + "?i=" + quoted, client.Visitor.PATH + "/" + quoted,
                        client.Visitor.PATH + "?step=" + quoted, client.Visitor.PATH + "?i[]=" + quoted):
            page = client.Visitor(source=client.own_address()).request("GET", client.URL + address)
            if not harmless(page):
                bad.append((address[:60], page.status))
    check("%d values in 7 headers and 4 places of the address" % len(EVIL), not bad, bad[:5])


def tokens_of_forms(rest):
    """GLPI's form tokens: none, one that was used, another page's, one meant to open another page."""
    number, token = rest.invite(max_uses=5)
    source = client.own_address()
    visitor = client.Visitor(source=source)
    form = visitor.open(token)
    page = visitor.submit(form, **client.person("tok-" + STAMP))
    check("a form's token works", page.title == "Your account is ready", (page.status, page.title, page.problems))
    visitor.submit(form, **client.person("tok2-" + STAMP))
    fresh = visitor.open(token)
    for name, value in (("none", ""), ("made up", "0" * 64), ("used", form.hidden["_glpi_csrf_token"]), ("a list", None)):
        values = {**fresh.hidden, **client.person("tok3-" + STAMP), "_glpi_csrf_token": value}
        if value is None:
            values["_glpi_csrf_token[]"] = values.pop("_glpi_csrf_token") or "0" * 64
        page = visitor.request("POST", client.URL + client.Visitor.PATH, values)
        check("token %s: nothing created" % name, page.status in (200, 303, 400, 403), page.status)
    page = client.Visitor(source=source).submit(fresh, **client.person("tok4-" + STAMP))
    check("another visitor's token: nothing created", page.title != "Your account is ready", page.title)
    check("all of them used nothing", rest.invitation(number)["uses"] == 1 and not
          [row for row in rest.get("User?searchText[name]=glpikeys-check-tok3") + rest.get("User?searchText[name]=glpikeys-check-tok4")
           if isinstance(row, dict)])
    # The join page lets unknown tokens through to itself; no other page may profit from that.
    for address in ("/front/preference.php?x=/plugins/glpikeys/front/join.php", "/ajax/common.tabs.php?join.php",
                    "/front/login.php/plugins/glpikeys/front/join.php"):
        page = visitor.request("POST", client.URL + address, {"_glpi_csrf_token": "1" * 64, "x": "1"})
        again = visitor.request("POST", client.URL + address, {"_glpi_csrf_token": "2" * 64, "x": "1"})
        check("a made up token opens no other page: %s" % address[:30], page.status == again.status
              and (page.status >= 300 or "not allowed" in page.body or "Access denied" in page.body), page.status)


def forged(rest):
    """Host and forwarding headers: no page, link or limit believes them."""
    number, token = rest.invite(max_uses=2)
    bad = []
    for name in ("Host", "X-Forwarded-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL"):
        visitor = client.Visitor(headers={name: "host=evil.example" if name == "Forwarded" else "evil.example"},
                                 source=client.own_address())
        page = visitor.open(token)
        if "evil.example" in page.body or "evil.example" in str(page.headers):
            bad.append((name, "form"))
        if name == "X-Forwarded-Host":
            page = visitor.submit(page, **client.person("host-" + STAMP))
            if page.came_by is None or "evil" in page.came_by.headers["Location"] or "evil.example" in page.body:
                bad.append((name, "success", page.status))
    check("forged host headers appear nowhere", not bad, bad)
    admin = client.Rest()
    page = admin.call("POST", "PluginGlpikeysInvitation", {"input": {
        "name": "glpikeys-check", "entities_id": 0, "profiles_id": 1}}, headers={"Host": "evil.example"})
    check("nor in a link", page[0] == 201 and "evil" not in page[1]["message"], page[0])
    admin.close()
    source = client.own_address()
    if source is None:
        return
    answers = [client.Visitor(source=source, headers={"X-Forwarded-For": client.own_address(), "X-Real-IP": client.own_address(),
               "Forwarded": "for=" + client.own_address()}).open("".join(random.choices(string.ascii_letters, k=22))).status
               for _ in range(30)]
    check("forged addresses do not get around the limit", answers == [404] * 20 + [429] * 10, answers)


def homonyms(rest):
    status, answer = rest.call("POST", "User", {"input": {"name": "glpikeys-check-ldap-" + STAMP, "authtype": 3, "auths_id": 1}})
    number, token = rest.invite()
    page = client.Visitor(source=client.own_address()).register(token, client.person("ldap-" + STAMP))
    check("an LDAP user's login is refused", status == 201 and page.status == 422 and rest.invitation(number)["uses"] == 0,
          (status, page.status))
    page = client.Visitor().register(token, client.person("LDAP-" + STAMP.upper()))
    check("in capitals too", page.status == 422, page.status)


def purged(rest):
    status, answer = rest.call("POST", "Entity", {"input": {"name": "glpikeys-check", "entities_id": 0}})
    admin = client.Rest()
    number, token = admin.invite(entities_id=answer["id"])
    admin.call("DELETE", "Entity/%d?force_purge=true" % answer["id"])
    page = client.Visitor(source=client.own_address()).open(token)
    check("purged entity: no form", page.status == 404 and "<form" not in page.body, page.title)
    status, answer = admin.call("POST", "Profile", {"input": {"name": "glpikeys-check", "interface": "helpdesk"}})
    number, token = admin.invite(profiles_id=answer["id"])
    visitor = client.Visitor()
    form = visitor.open(token)
    admin.call("DELETE", "Profile/%d?force_purge=true" % answer["id"])
    page = visitor.submit(form, **client.person("gone-" + STAMP))
    check("purged profile: nothing created", page.title != "Your account is ready" and not
          [row for row in admin.get("User?searchText[name]=glpikeys-check-gone") if isinstance(row, dict)], page.title)
    admin.close()


def guesses(rest):
    count = int(os.environ.get("GLPIKEYS_GUESSES", "200"))
    number, token = rest.invite(max_uses=2)
    source = client.own_address()
    letters = string.ascii_letters + string.digits

    def guess(address=source):
        start = time.time()
        page = client.Visitor(source=address).open("".join(random.choices(letters, k=22)))
        return page.status, time.time() - start

    start = time.time()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = [status for status, _ in pool.map(guess, [source] * count)]
    took = time.time() - start
    # From an address that others fail from, too, fewer are let through.
    allowed = {20} if source else range(21)
    check("%d guessed tokens: none found, %d answered before the limit" % (count, answers.count(404)),
          set(answers) <= {404, 429} and answers.count(404) in allowed, {s: answers.count(s) for s in set(answers)})
    times = sorted(guess()[1] for _ in range(51))
    known = sorted(timed(lambda: client.Visitor(source=source).open(token)) for _ in range(51))
    print("      %d times 404, %d times 429, %.0f s; one alone takes %.0f ms, a known token %.0f ms" % (
        answers.count(404), answers.count(429), took, times[25] * 1000, known[25] * 1000))
    page = client.Visitor(source=source).register(token, client.person("class-" + STAMP))
    check("a genuine link from the same address still works", page.title == "Your account is ready", page.title)
    page = client.Visitor(source=source).register(token, client.person("class2-" + STAMP))
    check("and another", page.title == "Your account is ready", page.title)
    rest.call("PUT", "PluginGlpikeysInvitation/%d" % number, {"input": {"is_active": 0}})
    page = client.Visitor(source=source).open(token)
    check("a revoked link is answered like a guess", page.status == 429, page.status)
    if source and COMMAND:
        size(source, guess)


def timed(work):
    start = time.time()
    work()
    return time.time() - start


def size(source, guess):
    """The table of failures: few rows for an address, and none that is old."""
    rows = int(sql("SELECT COUNT(*) FROM glpi_plugin_glpikeys_attempts WHERE address LIKE '%:" + source + "'"))
    check("one address takes %d rows" % rows, rows <= 2)
    sql("UPDATE glpi_plugin_glpikeys_attempts SET slot = slot - 10 WHERE address LIKE '%:" + source + "'")
    others = {client.own_address() for _ in range(1500)}
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(guess, others))
    rows = sql("SELECT COUNT(*), SUM(slot < UNIX_TIMESTAMP() DIV 600 - 2) FROM glpi_plugin_glpikeys_attempts").split()
    check("%d addresses later the old rows are gone" % len(others), rows[1] == "0", rows)
    print("      %s rows" % rows[0])


def traces(rest):
    number, token = rest.invite(max_uses=3)
    visitor = client.Visitor()
    visitor.open(token)
    visitor.request("GET", client.URL + client.Visitor.PATH + "/" + token)
    visitor.register(token, {**client.person("trace-" + STAMP), "password2": "x"})
    visitor.register(token, client.person("trace-" + STAMP))
    client.Visitor().submit(visitor.open(token), **client.person("trace2-" + STAMP))
    found = []
    for folder in filter(None, os.environ.get("GLPIKEYS_LOGS", "").split(":")):
        done = subprocess.run(["grep", "-rl", token, folder], capture_output=True, text=True)
        found += done.stdout.split()
    if os.environ.get("GLPIKEYS_LOGS"):
        check("the token is in no log or session", not found, found)
    if os.environ.get("GLPIKEYS_DUMP"):
        dump = subprocess.run(shlex.split(os.environ["GLPIKEYS_DUMP"]), capture_output=True).stdout
        check("the token is nowhere in the database", len(dump) > 10000 and token.encode() not in dump)
        check("the password is nowhere in the database", client.PASSWORD.encode() not in dump)


def main():
    rest = client.Rest()
    client.remove_people(rest)
    try:
        for attack in (fields, headers_and_paths, tokens_of_forms, forged, homonyms, purged, guesses, traces):
            attack(rest)
    finally:
        client.remove_people(rest)
        rest.close()
    print("%d of %d" % (sum(RESULTS), len(RESULTS)))
    sys.exit(0 if all(RESULTS) else 1)


main()
