#!/usr/bin/env python3
# GLPI Keys: invitations for GLPI.
# Copyright (C) 2026 the GLPI Keys authors.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of 10,000 invitations and 10,000 registrations: time, statements, and how the database finds the rows.

Besides client.py's environment, GLPIKEYS_MARIADB is a command that reaches GLPI's database as
its administrator, e.g. "mariadb -u root glpi". The server's general log is switched to a table
for the length of each request: run it on a test server only.
"""

import json
import os
import re
import shlex
import statistics
import subprocess
import sys
import time
import urllib.parse

import client

ROWS = 10000
ROUNDS = 5
COMMAND = shlex.split(os.environ["GLPIKEYS_MARIADB"])
INVITATIONS = "glpi_plugin_glpikeys_invitations"
REGISTRATIONS = "glpi_plugin_glpikeys_registrations"


def sql(text, *options):
    done = subprocess.run(COMMAND + ["-N", "--raw", *options, "-e", text], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout.strip()


def fill():
    sql(f"""INSERT INTO {INVITATIONS} (uuid, entities_id, is_recursive, name, comment, is_active, end_date, max_uses,
            uses, profiles_id, `groups`, email_domains, batch, users_id, token_hash, token, date_creation, date_mod)
        SELECT UUID(), seq % 40, seq % 2, CONCAT('glpikeys-check list ', LPAD(seq, 5, '0')), REPEAT('note ', 20),
            seq % 10 > 0, IF(seq % 5 = 0, NULL, NOW() - INTERVAL 300 DAY + INTERVAL (seq * 37 % 700) DAY), seq % 7,
            seq % 4, 1 + seq % 6, '[]', '', CONCAT('batch ', seq DIV 20), 2 + seq % 5,
            SHA2(CONCAT(UUID(), seq), 256), REPEAT('x', 60), NOW() - INTERVAL seq MINUTE,
            NOW() - INTERVAL (seq * 7 % 9999) MINUTE FROM seq_1_to_{ROWS};
        INSERT INTO {REGISTRATIONS} (plugin_glpikeys_invitations_id, entities_id, is_recursive, users_id, email,
            state, address, date_creation, date_mod)
        SELECT id, entities_id, is_recursive, 2 + id % 40, CONCAT('glpikeys-check-list', id, '@example.org'),
            ELT(1 + id % 10, 'waiting_approval', 'waiting_email', 'refused', 'done', 'done', 'done', 'done', 'done',
            'done', 'done'), '192.0.2.1', date_creation, date_mod
        FROM {INVITATIONS} WHERE name LIKE 'glpikeys-check list %';
        ANALYZE TABLE {INVITATIONS}, {REGISTRATIONS}""")


def empty():
    sql(f"DELETE FROM {REGISTRATIONS} WHERE email LIKE 'glpikeys-check-list%';"
        f"DELETE FROM {INVITATIONS} WHERE name LIKE 'glpikeys-check list %'")


def logged(work):
    """The statements of the connections to this GLPI's database that touched our tables while work() ran."""
    sql("TRUNCATE mysql.general_log; SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = 1")
    try:
        work()
    finally:
        sql("SET GLOBAL general_log = 0; SET GLOBAL log_output = 'FILE'")
    rows = sql("SELECT JSON_ARRAY(thread_id, CONVERT(argument USING utf8mb4)) FROM mysql.general_log"
               " WHERE command_type IN ('Query', 'Execute') ORDER BY event_time")
    rows = [json.loads(row) for row in rows.splitlines()]
    # The database server may serve other GLPIs at the same moment.
    here = sql("SELECT thread_id FROM mysql.general_log WHERE command_type = 'Connect'"
               " AND CONVERT(argument USING utf8mb4) LIKE CONCAT('% on ', DATABASE(), ' %')")
    here = {int(thread) for thread in here.split()}
    ours = {thread for thread, text in rows if thread in here and "SELECT" in text and "plugin_glpikeys" in text}
    return [text for thread, text in rows if thread in ours]


def plan(statements):
    """How the statement that reads the rows (not the one that counts them) goes about our tables."""
    reading = [text for text in statements if "ORDER BY" in text and "FROM `glpi_plugin_glpikeys" in text]
    steps = []
    for line in sql("EXPLAIN " + max(reading, key=len)).splitlines() if reading else []:
        # id, select_type, table, type, possible_keys, key, key_len, ref, rows, Extra
        cells = line.split("\t")
        if cells[2].startswith("glpi_plugin_glpikeys_") or "filesort" in cells[-1]:
            table = re.sub("_[0-9a-f]{32}$", "", cells[2].replace("glpi_plugin_glpikeys_", ""))
            steps.append("%s: %s, %s rows, %s" % (table, cells[5], cells[8], cells[-1]))
    return "; ".join(steps) or "-"


def measure(rest, name, path):
    status, answer = rest.call("GET", path)
    if status not in (200, 206):
        print("WRONG %s: %s %s" % (name, status, answer))
        return False
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        rest.call("GET", path)
        times.append(time.perf_counter() - begun)
    statements = logged(lambda: rest.call("GET", path))
    print("%-34s %5.0f ms %3d statements | %s" % (name, statistics.median(times) * 1000, len(statements),
                                                 plan(statements)), flush=True)
    return True


def search(item, number, order="ASC", start=0, criteria=(), columns=()):
    parts = [("range", "%d-%d" % (start, start + 49)), ("sort", number), ("order", order)]
    parts += [("forcedisplay[%d]" % i, column) for i, column in enumerate(columns)]
    for i, (field, kind, value) in enumerate(criteria):
        parts += [("criteria[%d][field]" % i, field), ("criteria[%d][searchtype]" % i, kind),
                  ("criteria[%d][value]" % i, value)]
    return "search/%s?%s" % (item, urllib.parse.urlencode(parts))


def requests():
    item = "PluginGlpikeysInvitation"
    window = (1, 2, 3, 6, 7, 8, 9, 24, 25, 80, 121)
    for column in ("id", "name", "end_date", "date_creation", "date_mod", "users_id", "profiles_id", "uses"):
        yield "list by " + column, "%s?range=0-49&sort=%s&order=ASC" % (item, column)
    yield "list by end_date, page 190", item + "?range=9500-9549&sort=end_date&order=DESC"
    for number, column in ((1, "name"), (2, "id"), (3, "state"), (6, "end"), (8, "uses"), (9, "profile"), (24, "author"),
                           (25, "waiting"), (80, "entity"), (121, "created")):
        yield "search by " + column, search(item, number, columns=window)
    yield "search by end, no waiting column", search(item, 6, columns=[c for c in window if c != 25])
    yield "search by end, page 190", search(item, 6, "DESC", 9500, columns=window)
    yield "search for text in name", search(item, 1, criteria=[(1, "contains", "list 0123")], columns=window)
    yield "search for a batch", search(item, 1, criteria=[(21, "contains", "^batch 77$")], columns=window)
    yield "search for a state", search(item, 6, criteria=[(3, "equals", "active")], columns=window)
    yield "search for those waiting", search(item, 6, criteria=[(25, "morethan", "0")], columns=window)
    yield "search for a uuid", search(item, 1, criteria=[(22, "contains", "^00000000-0000-4000-8000-000000000000$")])
    item = "PluginGlpikeysRegistration"
    for number, column in ((1, "e-mail"), (3, "state"), (4, "invitation"), (5, "user"), (121, "date")):
        yield "registrations by " + column, search(item, number, columns=(1, 2, 3, 4, 5, 80, 121))
    yield "registrations that wait", search(item, 121, criteria=[(3, "equals", "waiting_approval")],
                                            columns=(1, 2, 3, 4, 5, 80, 121))
    yield "registrations of an e-mail", search(item, 121, criteria=[(1, "contains", "list12")], columns=(1, 2, 3, 4, 5))


def main():
    rest = client.Rest()
    rest.call("POST", "changeActiveEntities", {"is_recursive": True})
    fill()
    try:
        good = [measure(rest, *request) for request in requests()]
    finally:
        empty()
        rest.close()
    sys.exit(0 if all(good) else 1)


main()
