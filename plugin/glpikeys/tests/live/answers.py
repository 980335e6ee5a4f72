#!/usr/bin/env python3
# GLPI Keys: invitations for GLPI.
# Copyright (C) 2026 the GLPI Keys authors.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registrations over REST: who sees them, who answers them, and what purging does.

Besides what client.py needs:
  LIMITED_USER, LIMITED_PASSWORD   somebody of profile LIMITED_PROFILE on LIMITED_ENTITY only;
                                   the profile gets the plugin's right for the time of the test
"""
import json
import os
import sys
import uuid

from client import PASSWORD, URL, Rest, Visitor, person, remove_people

ITEM = "PluginGlpikeysRegistration"
INVITATION = "PluginGlpikeysInvitation"
PROFILE = int(os.environ.get("LIMITED_PROFILE", "6"))
ENTITY = int(os.environ["LIMITED_ENTITY"])

failures, count, made = [], 0, []


def check(what, ok, seen=None):
    global count
    count += 1
    if not ok:
        failures.append(what)
        print("FAIL", what, "->", repr(seen)[:500])


def register(admin, **fields):
    number, token = admin.invite(**fields)
    made.append(number)
    tag = uuid.uuid4().hex[:8]
    answer = Visitor().register(token, person(tag))
    rows = admin.get(f"{ITEM}?searchText[email]={tag}&range=0-9")
    check(f"registered {fields}", len(rows) == 1, (answer.status, answer.title, answer.problems, rows))
    return number, tag, (rows or [{}])[0]


def answer(who, number, state):
    return who.call("PUT", f"{ITEM}/{number}", {"input": {"state": state}})


def can_sign_in(tag):
    try:
        Rest("glpikeys-check-" + tag, PASSWORD).close()
        return True
    except PermissionError:
        return False


def done(admin):
    number, tag, row = register(admin, max_uses=3)
    check("state done", row["state"] == "done" and row["plugin_glpikeys_invitations_id"] == number, row)
    check("no code in the answer", not any(k.startswith("code") and k != "code_tries" for k in row), row)
    check("it signs in", can_sign_in(tag))
    status, data = answer(admin, row["id"], "refused")
    check("what is done is not refused", status == 400 and can_sign_in(tag), data)
    for fields in ({"users_id": 2}, {"email": "x@example.org"}, {"entities_id": 1}, {"address": "1.2.3.4"},
                   {"state": "waiting_email"}, {"needs_approval": 1}, {"plugin_glpikeys_invitations_id": 1}):
        admin.call("PUT", f"{ITEM}/{row['id']}", {"input": fields})
    after = admin.get(f"{ITEM}/{row['id']}")
    keep = ("users_id", "email", "entities_id", "address", "state", "needs_approval", "plugin_glpikeys_invitations_id")
    check("nothing else can be changed", all(after[k] == row[k] for k in keep), after)
    for path in ("", "?force_purge=true"):
        status, data = admin.call("DELETE", f"{ITEM}/{row['id']}{path}")
        check("no DELETE" + path, status == 400, data)
    for n in (1, 2, 3, 4, 5, 6, 19, 80, 86, 121):
        status, data = admin.call("GET", f"search/{ITEM}?range=0-4&forcedisplay[0]={n}&sort={n}")
        check(f"search sorted by {n}", status in (200, 206) and data["totalcount"] > 0, data)
    status, data = admin.call("GET", f"search/{ITEM}?criteria[0][field]=3&criteria[0][searchtype]=equals"
                                     "&criteria[0][value]=done&forcedisplay[0]=3")
    check("search for a state", status in (200, 206) and all(r["3"] == "done" for r in data["data"]), data)


def approval(admin):
    number, tag, row = register(admin, require_approval=1, max_uses=2)
    check("state waiting", row["state"] == "waiting_approval", row)
    check("it does not sign in", not can_sign_in(tag))
    found = admin.get(f"search/{INVITATION}?criteria[0][field]=2&criteria[0][searchtype]=equals"
                      f"&criteria[0][value]={number}&forcedisplay[0]=25&forcedisplay[1]=2")
    check("the list counts one waiting", str(found["data"][0]["25"]) == "1", found)
    status, data = admin.call("DELETE", f"{INVITATION}/{number}?force_purge=true")
    check("no purge while somebody waits", status == 400, data)
    status, data = answer(admin, row["id"], "done")
    check("approved", status == 200 and admin.get(f"{ITEM}/{row['id']}")["state"] == "done", data)
    check("it signs in now", can_sign_in(tag))
    check("the use stays", admin.invitation(number)["uses"] == 1)

    number, tag, row = register(admin, require_approval=1, max_uses=2)
    status, data = answer(admin, row["id"], "refused")
    check("refused", status == 200 and admin.get(f"{ITEM}/{row['id']}")["state"] == "refused", data)
    check("the use is given back", admin.invitation(number)["uses"] == 0)
    status, data = answer(admin, row["id"], "done")
    check("what is refused is not approved", status == 400 and not can_sign_in(tag), data)
    status, data = answer(admin, row["id"], "refused")
    check("refusing again gives nothing back", admin.invitation(number)["uses"] == 0, data)


def entities(admin, right):
    admin.call("PUT", f"ProfileRight/{right['id']}", {"input": {"rights": 3}})
    limited = Rest(os.environ["LIMITED_USER"], os.environ["LIMITED_PASSWORD"])
    number, tag, row = register(admin, require_approval=1, max_uses=2)
    status, data = limited.call("GET", f"{ITEM}/{row['id']}")
    check("another entity's registration: 403", status == 403, data)
    check("… not in the list", tag not in json.dumps(limited.get(f"{ITEM}?range=0-9999")))
    check("… not in the search", tag not in json.dumps(limited.get(f"search/{ITEM}?range=0-9999&forcedisplay[0]=1")))
    status, data = answer(limited, row["id"], "done")
    check("… not approved", status == 400, data)
    status, data = admin.call("PUT", f"{INVITATION}/{number}", {"input": {"entities_id": ENTITY}})
    check("invitation moved", status == 200, data)
    status, data = limited.call("GET", f"{ITEM}/{row['id']}")
    check("its registrations moved with it", status == 200 and data["entities_id"] == ENTITY, data)
    status, data = admin.call("PUT", f"{INVITATION}/{number}", {"input": {"profiles_id": 4}})
    status, data = answer(limited, row["id"], "done")
    check("who may not grant the profile may not approve", status == 400 and not can_sign_in(tag), data)
    status, data = answer(limited, row["id"], "refused")
    check("… but may refuse", status == 200, data)


def purged(admin):
    status, data = admin.call("POST", "Profile", {"input": {"name": "glpikeys-check", "interface": "helpdesk"}})
    profile = data["id"]
    status, data = admin.call("POST", "Entity", {"input": {"name": "glpikeys-check", "entities_id": 0}})
    entity = data["id"]
    fresh = Rest()
    fresh.call("POST", "changeActiveEntities", {"is_recursive": True})
    by_profile, one = fresh.invite(profiles_id=profile)
    by_entity, two = fresh.invite(entities_id=entity)
    made.extend((by_profile, by_entity))
    status, data = fresh.call("DELETE", f"Profile/{profile}?force_purge=true")
    check("profile purged", status == 200, data)
    check("its invitation is revoked", fresh.invitation(by_profile)["is_active"] == 0)
    status, data = fresh.call("DELETE", f"Entity/{entity}?force_purge=true")
    check("entity purged", status == 200, data)
    shown = fresh.call("GET", f"{INVITATION}/{by_entity}")
    check("its invitation is not in the root entity", shown[0] == 403 or shown[1]["entities_id"] == entity, shown)
    for token in (one, two):
        page = Visitor().open(token)
        check("the link is dead", 'name="password"' not in page.body, page.title)
        tag = uuid.uuid4().hex[:8]
        answer = Visitor().request("POST", URL + Visitor.PATH, {"i": token, **person(tag)})
        check("… also for a POST", tag not in json.dumps(fresh.get(f"User?searchText[name]={tag}&range=0-1")),
              answer.title)
    fresh.close()


def main():
    admin = Rest()
    admin.call("POST", "changeActiveEntities", {"is_recursive": True})
    version = admin.get("getGlpiConfig")["cfg_glpi"]["version"]
    rights = admin.get(f"Profile/{PROFILE}/ProfileRight?range=0-999")
    right = next(r for r in rights if r["name"] == "plugin_glpikeys_invitation")
    try:
        done(admin)
        approval(admin)
        entities(admin, right)
        purged(admin)
    finally:
        admin.call("PUT", f"ProfileRight/{right['id']}", {"input": {"rights": right["rights"]}})
        people = remove_people(admin)
        for number in made:
            admin.call("DELETE", f"{INVITATION}/{number}?force_purge=true")
    print(f"GLPI {version}: {count} checks, {len(failures)} failed; {people} accounts purged")
    sys.exit(1 if failures else 0)


main()
