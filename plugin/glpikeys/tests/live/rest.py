#!/usr/bin/env python3
"""The plugin's REST contract, tried on a real server.

    GLPIKEYS_URL=http://glpi.example/ GLPIKEYS_LOGIN=glpi GLPIKEYS_PASSWORD=glpi \
    LIMITED_USER=tech LIMITED_PASSWORD=tech LIMITED_PROFILE=6 LIMITED_ENTITY=3 \
    python3 rest.py

GLPIKEYS_LOGIN is a Super-Admin of the root entity. LIMITED_USER works with profile
LIMITED_PROFILE on LIMITED_ENTITY only (and its children); that profile gets
the plugin's right for the time of the test. What is written is purged again.
"""
import base64
import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

BASE = os.environ["GLPIKEYS_URL"].rstrip("/") + "/apirest.php/"
INVITATION = "PluginGlpikeysInvitation"
RIGHT = "plugin_glpikeys_invitation"
LIMITED_PROFILE = int(os.environ.get("LIMITED_PROFILE", "6"))
LIMITED_ENTITY = int(os.environ.get("LIMITED_ENTITY", "3"))
LINK = re.compile(r"https?://\S+/(plugins|marketplace)/glpikeys/front/join\.php\?i=([0-9A-Za-z]{22})\Z")

failures = []
count = 0


def check(what, ok, seen=None):
    global count
    count += 1
    if not ok:
        failures.append(what)
        print("FAIL", what, "" if seen is None else "-> " + repr(seen)[:400])


class Session:
    def __init__(self, user, password):
        basic = base64.b64encode(f"{user}:{password}".encode()).decode()
        status, data = self.call("GET", "initSession", headers={"Authorization": "Basic " + basic})
        if status != 200:
            sys.exit(f"sign-in as {user}: {status} {data}")
        self.token = data["session_token"]

    token = None

    def call(self, method, path, body=None, headers=None):
        headers = dict(headers or {}, **{"Content-Type": "application/json", "Accept-Language": "en"})
        if self.token:
            headers["Session-Token"] = self.token
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(BASE + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, self.read(answer)
        except urllib.error.HTTPError as error:
            return error.code, self.read(error)

    @staticmethod
    def read(answer):
        text = answer.read().decode()
        try:
            return json.loads(text)
        except ValueError:
            return text

    def post(self, fields, itemtype=INVITATION):
        return self.call("POST", itemtype, {"input": fields})

    def put(self, id, fields, itemtype=INVITATION):
        return self.call("PUT", f"{itemtype}/{id}", {"input": fields})

    def get(self, id, itemtype=INVITATION):
        return self.call("GET", f"{itemtype}/{id}")


made = []


def new(session, **fields):
    fields = dict({"name": "contract test", "entities_id": 0, "profiles_id": 1}, **fields)
    status, data = session.post(fields)
    if status == 201:
        made.append(data["id"])
    return status, data


def crud(admin):
    status, data = new(admin, max_uses=3, end_date="2030-12-24", email_domains="@Example.org; b.example")
    check("POST 201", status == 201, data)
    match = LINK.match(data["message"])
    check("POST's message is the link alone", match, data)
    id = data["id"]
    status, row = admin.get(id)
    check("GET 200", status == 200, row)
    check("GET has the same link", row.get("link") == data["message"], row)
    check("GET has the time zone", row.get("server_timezone"), row)
    check("GET hides token and hash", "token" not in row and "token_hash" not in row, row)
    check("a date-only end is the end of the day", row["end_date"] == "2030-12-24 23:59:59", row)
    check("domains are tidied", row["email_domains"] == "example.org,b.example", row)
    check("a uuid is made", re.match(r"[0-9a-f-]{36}\Z", row["uuid"]), row)
    check("counters start at 0", row["uses"] == 0 and row["opened"] == 0 and row["started"] == 0, row)
    status, data = admin.put(id, {"name": "renamed", "max_uses": 5, "groups": []})
    check("PUT 200", status == 200, data)
    status, row = admin.get(id)
    check("PUT is kept", row["name"] == "renamed" and row["max_uses"] == 5, row)
    status, data = admin.put(id, {"is_active": 0})
    check("revoke", status == 200 and admin.get(id)[1]["is_active"] == 0, data)
    status, data = admin.call("DELETE", f"{INVITATION}/{id}")
    check("trash", status == 200 and admin.get(id)[1]["is_deleted"] == 1, data)
    status, data = admin.call("DELETE", f"{INVITATION}/{id}?force_purge=true")
    check("purge", status == 200 and admin.get(id)[0] == 404, data)
    made.remove(id)


def whitelist(admin):
    forged = {"uses": 7, "opened": 7, "started": 7, "token": "x", "token_hash": "0" * 64, "users_id": 4,
              "is_deleted": 1, "date_creation": "2001-01-01 00:00:00", "link": "http://evil/", "state": "active",
              "id": 999999}
    status, data = new(admin, **forged)
    check("POST with forged fields 201", status == 201, data)
    id = data["id"]
    link = data["message"]
    check("POST's id is not chosen", id != 999999, data)
    check("POST's link is genuine", LINK.match(link), data)
    before = admin.get(id)[1]
    check("POST drops forged fields", before["uses"] == 0 and before["users_id"] != 4 and not before["is_deleted"]
          and before["date_creation"] > "2001-01-02", before)
    forged.pop("id")
    status, data = admin.put(id, dict(forged, uuid=str(uuid.uuid4()), show_once=1))
    after = admin.get(id)[1]
    same = {k: v for k, v in before.items() if k not in ("date_mod", "links")}
    check("PUT drops forged fields", same == {k: after.get(k) for k in same}, (status, data, after))
    check("the link is still the same", after["link"] == link, after)


TEXTS = ["O'Brien \\ <b>\"x\"</b> & co", "\\' OR 1=1 -- ", "back\\\\slash\\", "&lt;&#60;x&amp;", "漢字 😀 é",
         "' UNION SELECT token FROM x #"]


def plain(text):
    """GLPI 10's API hands text out HTML-encoded."""
    return text.replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")


def texts(admin, version):
    for text in TEXTS:
        status, data = new(admin, name=text, comment="a\nb " + text, batch=text[:60])
        check("POST " + text, status == 201, data)
        if status != 201:
            continue
        row = admin.get(data["id"])[1]
        read = plain if version.startswith("10.") else str
        # What looks encoded or escaped already GLPI 10's API takes for that, before any item sees it.
        exact = version.startswith("11.") or not ("&lt;" in text or "\\'" in text)
        if exact:
            check("name kept: " + text, read(row["name"]) == text.strip(), row["name"])
            check("comment kept: " + text, read(row["comment"]) == "a\nb " + text, row["comment"])
        status, answer = admin.put(data["id"], {"name": text + "2", "comment": text})
        row = admin.get(data["id"])[1]
        if exact:
            check("name kept by PUT: " + text, read(row["name"]) == text + "2", (answer, row["name"]))
    check("name NULL refused", new(admin, name="NULL")[0] == 400)
    check("empty name refused", new(admin, name=" ")[0] == 400)
    check("256 characters refused", new(admin, name="x" * 256)[0] == 400)
    check("255 characters kept", new(admin, name="x" * 255)[0] == 201)


def values(admin):
    for what, fields in {
        "31 February": {"end_date": "2027-02-31"}, "2038": {"end_date": "2038-01-01"},
        "year 9999": {"end_date": "9999-01-01"}, "no date": {"end_date": "tomorrow"},
        "end before begin": {"begin_date": "2030-01-02", "end_date": "2030-01-01"},
        "date as list": {"end_date": ["2030-01-01"]}, "negative uses": {"max_uses": -1},
        "uses as text": {"max_uses": "1 OR 1"}, "too many uses": {"max_uses": 10 ** 9},
        "account ends twice": {"account_days": 3, "account_end_date": "2030-01-01"},
        "account days beyond 2038": {"account_days": 36500}, "bad domain": {"email_domains": "nodot"},
        "no profile": {"profiles_id": 0}, "unknown profile": {"profiles_id": 99999},
        "unknown entity": {"entities_id": 99999}, "unknown group": {"groups": [99999]},
        "bad uuid": {"uuid": "x' OR 1"}, "name as list": {"name": ["x"]}, "flag 7": {"is_active": 7},
        "nested groups": {"groups": [[1]]}, "long batch": {"batch": "b" * 65},
    }.items():
        status, data = new(admin, **fields)
        check("refused: " + what, status == 400 and data[1] != "", (status, data))
        if status == 400:
            check("no SQL in the answer: " + what, "SQL" not in str(data), data)


def idempotence(admin, limited):
    key = str(uuid.uuid4())
    first = new(admin, uuid=key, max_uses=2)
    again = admin.post({"name": "contract test", "entities_id": 0, "profiles_id": 1, "uuid": key.upper(), "max_uses": 2})
    check("same uuid: 201, same id, same link", again == first, (first, again))
    other = admin.post({"name": "another", "entities_id": 0, "profiles_id": 1, "uuid": key, "max_uses": 2})
    check("same uuid, other fields: 400", other[0] == 400, other)
    check("… and nothing written", admin.get(first[1]["id"])[1]["name"] == "contract test")
    theirs = limited.post({"name": "contract test", "entities_id": LIMITED_ENTITY, "profiles_id": 1, "uuid": key})
    check("a foreign uuid: 400, no link", theirs[0] == 400 and "join.php" not in str(theirs), theirs)

    key = str(uuid.uuid4())
    first = new(admin, uuid=key, show_once=1)
    check("show once: the POST has the link", LINK.match(first[1]["message"]), first)
    row = admin.get(first[1]["id"])[1]
    check("show once: GET has none", row.get("link") is None, row)
    again = admin.post({"name": "contract test", "entities_id": 0, "profiles_id": 1, "uuid": key, "show_once": 1})
    check("show once, answer lost: same id, a new link",
          again[0] == 201 and again[1]["id"] == first[1]["id"] and LINK.match(again[1]["message"])
          and again[1]["message"] != first[1]["message"], (first, again))


def parallel_uuid(admin):
    from concurrent.futures import ThreadPoolExecutor
    key = str(uuid.uuid4())
    fields = {"name": "contract test", "entities_id": 0, "profiles_id": 1, "uuid": key}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: admin.post(fields), range(8)))
    ids = {a[1]["id"] if a[0] == 201 else str(a) for a in answers}
    check("8 parallel POSTs of one uuid: one id", len(ids) == 1, ids)
    check("… one link", len({str(a[1]) for a in answers}) == 1, answers)
    made.extend(i for i in ids if isinstance(i, int))


def visibility(admin, limited):
    id = new(admin, max_uses=2)[1]["id"]
    token = LINK.match(admin.get(id)[1]["link"]).group(2)
    for what, path in {
        "list": INVITATION, "list of all": INVITATION + "?range=0-9999&is_deleted=0",
        "search": f"search/{INVITATION}?range=0-999",
        "search, all columns": f"search/{INVITATION}?range=0-999&" + "&".join(
            f"forcedisplay[{n}]={n}" for n in list(range(1, 26)) + [80, 86, 121]),
        "multiple": f"getMultipleItems?items[0][itemtype]={INVITATION}&items[0][items_id]={id}",
        "options": f"listSearchOptions/{INVITATION}",
    }.items():
        status, data = admin.call("GET", path)
        text = json.dumps(data)
        check(f"{what}: 200", status in (200, 206), data)
        check(f"{what}: no link, token, hash", token not in text and "token_hash" not in text
              and '"link"' not in text.replace('"link": null', "") and "join.php" not in text, text)
    status, data = admin.call("GET", INVITATION + "?sort=token_hash")
    check("no sorting by the hash", status == 400, data)
    status, data = admin.call("GET", INVITATION + "?searchText[token_hash]=a")
    check("no searching by the hash", "token_hash" not in str(data) and status in (200, 206), data)

    # A technician's profile is no Super-Admin's: no link, no extension.
    status, data = new(admin, entities_id=LIMITED_ENTITY, profiles_id=4)
    strong = data["id"]
    status, row = limited.get(strong)
    check("the limited person reads it", status == 200, row)
    check("… but not the link to what they may not grant", row.get("link") is None, row)
    check("… may not extend it", limited.put(strong, {"max_uses": 9})[0] == 400)
    check("… may revoke it", limited.put(strong, {"is_active": 0})[0] == 200)
    check("… may not activate it again", limited.put(strong, {"is_active": 1})[0] == 400)
    status, data = new(admin, entities_id=LIMITED_ENTITY, profiles_id=1)
    weak = data["id"]
    check("the link to what they may grant", limited.get(weak)[1].get("link"), limited.get(weak))
    status, row = limited.get(id)
    check("an invitation of another entity: 403", status == 403, row)
    check("… PUT 400", limited.put(id, {"name": "mine"})[0] == 400)
    status, data = limited.call("GET", f"{INVITATION}?range=0-9999")
    check("… not in the list", id not in [r["id"] for r in data], data)
    status, data = limited.call("GET", f"search/{INVITATION}?range=0-9999&forcedisplay[0]=2")
    check("… not in the search", id not in [r["2"] for r in data.get("data", [])], data)
    return weak


def escalation(admin, limited, weak):
    def both(what, fields, also_post=None):
        status, data = limited.post(dict({"name": "contract test", "entities_id": LIMITED_ENTITY, "profiles_id": 1},
                                         **fields))
        if status == 201:
            made.append(data["id"])
        check("POST refused: " + what, status == 400, data)
        status, data = limited.put(weak, fields)
        check("PUT refused: " + what, status == 400, data)

    both("foreign entity", {"entities_id": 0})
    both("entity as text", {"entities_id": "0"})
    both("stronger profile", {"profiles_id": 4})
    both("unknown profile", {"profiles_id": 4242})
    status, groups = admin.call("GET", "Group?range=0-99")
    status, tree = limited.call("GET", "getMyEntities?is_recursive=true")
    mine = {e["id"] for e in tree["myentities"]}
    foreign = [g["id"] for g in groups if g["entities_id"] not in mine and not g["is_recursive"]]
    if not foreign:
        status, data = admin.post({"name": "contract test group", "entities_id": 0, "is_usergroup": 1}, "Group")
        foreign = [data["id"]]
        extra.append(("Group", data["id"]))
    both("foreign group", {"groups": [foreign[0]]})
    status, data = admin.post({"name": "contract test own group", "entities_id": LIMITED_ENTITY,
                               "is_usergroup": 1}, "Group")
    extra.append(("Group", data["id"]))
    status, answer = limited.put(weak, {"groups": [data["id"]]})
    check("an own group is accepted", status == 200 and
          limited.get(weak)[1]["groups"] == f"[{data['id']}]", answer)
    admin.call("DELETE", f"Group/{data['id']}?force_purge=true")
    extra.pop()
    row = admin.get(weak)[1]
    check("purging a group revokes the invitation", row["is_active"] == 0, row)


def recursion(admin):
    """A person whose profile stops at the entity may not grant beyond it."""
    name, password = "contract.test", "Contract-2026!"
    status, data = admin.post({"name": name, "password": password, "password2": password,
                               "entities_id": LIMITED_ENTITY, "_profiles_id": LIMITED_PROFILE,
                               "_entities_id": LIMITED_ENTITY, "_is_recursive": 0}, "User")
    check("a person for the test", status == 201, data)
    if status != 201:
        return
    extra.append(("User", data["id"]))
    flat = Session(name, password)
    status, data = flat.post({"name": "contract test", "entities_id": LIMITED_ENTITY, "profiles_id": 1})
    check("not recursive: accepted", status == 201, data)
    if status == 201:
        made.append(data["id"])
    for field in ("is_recursive", "profile_recursive"):
        status, answer = flat.post({"name": "contract test", "entities_id": LIMITED_ENTITY, "profiles_id": 1, field: 1})
        check(f"POST refused: {field}", status == 400, answer)
        status, answer = flat.put(data["id"], {field: 1})
        check(f"PUT refused: {field}", status == 400 and not flat.get(data["id"])[1][field], answer)


def rights(admin, set_right):
    for bits, can in ((0, ""), (1, "r"), (5, "rc"), (3, "ru"), (31, "rcud")):
        set_right(bits)
        person = Session(os.environ["LIMITED_USER"], os.environ["LIMITED_PASSWORD"])
        id = new(admin, entities_id=LIMITED_ENTITY)[1]["id"]
        status, row = person.get(id)
        check(f"rights {bits}: GET", status == (200 if "r" in can else 403), (status, row))
        check(f"rights {bits}: link", bool(isinstance(row, dict) and row.get("link")) == ("u" in can), row)
        status, data = person.call("GET", INVITATION)
        check(f"rights {bits}: list", status == (200 if "r" in can else 403) or status == 206, (status, data))
        status, data = person.call("GET", f"search/{INVITATION}")
        check(f"rights {bits}: search", (status in (200, 206)) == ("r" in can), (status, data))
        status, data = person.put(id, {"comment": "x"})
        check(f"rights {bits}: PUT", status == (200 if "u" in can else 400), (status, data))
        status, data = person.post({"name": "contract test", "entities_id": LIMITED_ENTITY, "profiles_id": 1})
        check(f"rights {bits}: POST", status == (201 if "c" in can else 400), (status, data))
        if status == 201:
            made.append(data["id"])
            check(f"rights {bits}: link in the answer", bool(data["message"]) == ("u" in can), data)
        status, data = person.call("DELETE", f"{INVITATION}/{id}")
        check(f"rights {bits}: DELETE", status == (200 if "d" in can else 400), (status, data))
        status, data = person.call("GET", "PluginGlpikeysStatus/1")
        check(f"rights {bits}: status row", status == (200 if "r" in can else 403), (status, data))
        if status == 200:
            check(f"rights {bits}: no subscription without config", "fingerprint" not in data, data)
        status, data = person.call("GET", "PluginGlpikeysRegistration")
        check(f"rights {bits}: registrations", (status in (200, 206)) == ("r" in can), (status, data))


def bulk(admin):
    batch = "contract " + uuid.uuid4().hex[:8]
    rows = [{"name": f"card {i}", "entities_id": 0, "profiles_id": 1, "uuid": str(uuid.uuid4()), "batch": batch}
            for i in range(20)]
    status, data = admin.post(rows)
    made.extend(r["id"] for r in data if isinstance(r, dict) and r.get("id"))
    check("bulk of 20: 201", status == 201 and len(data) == 20, (status, data))
    check("bulk of 20: 20 different links", len({r["message"] for r in data if LINK.match(r["message"])}) == 20, data)
    status, again = admin.post(rows)
    check("bulk again: the same", again == data, again)
    check("… and no new rows", len(admin.call("GET", f"{INVITATION}?searchText[batch]={urllib.parse.quote(batch)}"
                                               "&range=0-99")[1]) == 20)
    for key in (rows[0]["uuid"], rows[19]["uuid"]):
        status, found = admin.call("GET", f"search/{INVITATION}?criteria[0][field]=22&criteria[0][searchtype]=contains"
                                   f"&criteria[0][value]=^{key}$&forcedisplay[0]=2")
        check("found by uuid", status == 200 and found["totalcount"] == 1, found)
    more = [dict(rows[0], uuid=str(uuid.uuid4())) for _ in range(21)]
    status, data = admin.post(more)
    ids = [r["id"] for r in data if isinstance(r, dict) and r.get("id")] if isinstance(data, list) else []
    if status == 207 and isinstance(data, list) and len(data) == 2 and isinstance(data[1], list):
        ids = [r["id"] for r in data[1] if r.get("id")]
    made.extend(ids)
    check("21 rows: the last is refused", status == 207 and len(ids) == 20, (status, len(ids), str(data)[-300:]))


def search(admin):
    base = f"search/{INVITATION}?range=0-4&"
    for n in list(range(1, 26)) + [80, 86, 121]:
        status, data = admin.call("GET", base + f"forcedisplay[0]={n}&sort={n}&order=DESC")
        check(f"search sorted by {n}", status in (200, 206) and data.get("totalcount", 0) > 0, (status, data))
    for state in ("active", "last_use", "scheduled", "ended", "used_up", "revoked"):
        status, data = admin.call("GET", base + f"criteria[0][field]=3&criteria[0][searchtype]=equals"
                                  f"&criteria[0][value]={state}&forcedisplay[0]=3")
        check(f"search for state {state}", status in (200, 206) and
              all(r["3"] == state for r in data.get("data", [])), (status, data))
    new(admin, begin_date="2035-01-01")
    new(admin, end_date="2020-01-01")
    new(admin, is_active=0)
    new(admin, max_uses=2)
    for state, least in (("scheduled", 1), ("ended", 1), ("revoked", 1), ("active", 1)):
        status, data = admin.call("GET", base + f"criteria[0][field]=3&criteria[0][searchtype]=equals"
                                  f"&criteria[0][value]={state}&forcedisplay[0]=3")
        check(f"state {state} found", data.get("totalcount", 0) >= least, data)
    for n, kind, value in ((1, "contains", "' OR 1"), (9, "equals", "1"), (80, "equals", "0"), (6, "lessthan", "2025-01-01 00:00:00"),
                           (24, "contains", "glpi"), (25, "equals", "0"), (21, "contains", "contract")):
        status, data = admin.call("GET", base + urllib.parse.urlencode({
            "criteria[0][field]": n, "criteria[0][searchtype]": kind, "criteria[0][value]": value}))
        check(f"search {n} {kind} {value}", status in (200, 206), (status, data))


def status_row(admin):
    started = time.time()
    status, row = admin.call("GET", "PluginGlpikeysStatus/1")
    took = time.time() - started
    check("status row", status == 200, row)
    for field in ("version", "profiles", "mail", "url_base", "reached", "error", "http_status", "verdict",
                  "checked_at", "fingerprint"):
        check(f"status has {field}", field in row, row)
    check("all profiles for a Super-Admin", len(row.get("profiles", [])) >= 7, row.get("profiles"))
    central = {p["name"]: p.get("central") for p in row.get("profiles", [])}
    check("which profiles use the standard interface",
          central.get("Super-Admin") is True and central.get("Self-Service") is False, central)
    check("status within 6 s", took < 6, took)
    check("no POST", admin.post({"reached": 1}, "PluginGlpikeysStatus")[0] == 400)
    check("no PUT", admin.put(1, {"verdict": "valid"}, "PluginGlpikeysStatus")[0] == 400)
    check("no DELETE", admin.call("DELETE", "PluginGlpikeysStatus/1?force_purge=true")[0] == 400)
    check("one row", len(admin.call("GET", "PluginGlpikeysStatus")[1]) == 1)
    print("  status:", {k: row.get(k) for k in ("version", "mail", "url_base", "verdict", "reached", "error")},
          f"{took:.2f} s")


def registrations(admin):
    status, data = admin.post({"email": "x@example.org", "state": "done"}, "PluginGlpikeysRegistration")
    check("no registration by POST", status == 400, data)


def history(admin):
    status, data = new(admin)
    id, token = data["id"], LINK.match(data["message"]).group(2)
    admin.put(id, {"name": "changed", "max_uses": 4, "end_date": "2031-01-01"})
    status, logs = admin.call("GET", f"{INVITATION}/{id}/Log?range=0-99")
    check("history is there", status in (200, 206) and len(logs) >= 2, logs)
    check("no token in the history", token not in json.dumps(logs), logs)


extra = []


def main():
    admin = Session(os.environ["GLPIKEYS_LOGIN"], os.environ["GLPIKEYS_PASSWORD"])
    version = admin.call("GET", "getGlpiConfig")[1]["cfg_glpi"]["version"]
    admin.call("POST", "changeActiveEntities", {"is_recursive": True})
    status, all_rights = admin.call("GET", f"Profile/{LIMITED_PROFILE}/ProfileRight?range=0-999")
    right = next(r for r in all_rights if r["name"] == RIGHT)

    def set_right(bits):
        status, data = admin.put(right["id"], {"rights": bits}, "ProfileRight")
        check(f"set right {bits}", status == 200, data)

    started = time.time()
    try:
        crud(admin)
        whitelist(admin)
        texts(admin, version)
        values(admin)
        set_right(31)
        limited = Session(os.environ["LIMITED_USER"], os.environ["LIMITED_PASSWORD"])
        idempotence(admin, limited)
        parallel_uuid(admin)
        weak = visibility(admin, limited)
        escalation(admin, limited, weak)
        recursion(admin)
        bulk(admin)
        search(admin)
        status_row(admin)
        registrations(admin)
        history(admin)
        rights(admin, set_right)
    finally:
        set_right(right["rights"])
        for itemtype, id in extra:
            admin.call("DELETE", f"{itemtype}/{id}?force_purge=true")
        for id in made:
            admin.call("DELETE", f"{INVITATION}/{id}?force_purge=true")
    print(f"GLPI {version}: {count} checks, {len(failures)} failed, {len(made)} invitations made and purged,"
          f" {time.time() - started:.1f} s")
    sys.exit(1 if failures else 0)


main()
