# GLPI Keys: invitations for GLPI.
# Copyright (C) 2026 the GLPI Keys authors.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time of one registration beside GLPI's own POST /User, alternating. See client.py."""

import statistics
import time

import client

ROUNDS = 30
stamp = "%x" % int(time.time())
rest = client.Rest()
number, token = rest.invite(max_uses=0)
ours, core = [], []
for i in range(ROUNDS):
    visitor = client.Visitor()
    page = visitor.open(token)
    values = {**page.hidden, **client.person("t%d-%s" % (i, stamp))}
    start = time.perf_counter()
    answer = visitor.request("POST", client.URL + client.Visitor.PATH, values)
    ours.append(time.perf_counter() - start)
    assert answer.status == 303, answer.status
    start = time.perf_counter()
    status, _ = rest.call("POST", "User", {"input": {
        "name": "glpikeys-check-u%d-%s" % (i, stamp), "password": client.PASSWORD, "password2": client.PASSWORD,
        "_useremails": ["glpikeys-check-u%d-%s@example.org" % (i, stamp)], "_profiles_id": 1, "_entities_id": 0}})
    core.append(time.perf_counter() - start)
    assert status == 201, status
for name, times in (("join page", ours), ("POST /User", core)):
    print("%-10s median %4.0f ms, slowest %4.0f ms" % (name, statistics.median(times) * 1000, max(times) * 1000))
client.remove_people(rest)
rest.call("DELETE", "PluginGlpikeysInvitation/%d?force_purge=true" % number)
rest.close()
