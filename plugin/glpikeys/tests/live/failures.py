# GLPI Keys: invitations for GLPI.
# Copyright (C) 2026 the GLPI Keys authors.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures in the middle of a registration: no use lost, no half account, no SQL shown.

Besides client.py's environment, GLPIKEYS_MARIADB is a command that reaches GLPI's database
with the right to create triggers, e.g. "mariadb -u root glpi". Triggers named glpikeys_check
are made and dropped again: run it on a test server only.

With GLPIKEYS_KILL=1 the PHP processes that register are killed with SIGKILL, too. That takes the
rights of root on the computer where GLPI runs, and a database that GLPI reaches over TCP/IP.
"""

import hashlib
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import threading
import time

import client

STAMP = "%x" % int(time.time())
COMMAND = shlex.split(os.environ["GLPIKEYS_MARIADB"])
RESULTS = []
SOURCE = client.own_address()


def sql(text, *options):
    done = subprocess.run(COMMAND + ["-N", *options, "-e", text], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout.strip()


def check(name, good, detail=""):
    RESULTS.append(bool(good))
    print("%s %s%s" % ("ok   " if good else "WRONG", name, "" if good else ": %s" % (detail,)), flush=True)


def left(tag, number):
    """Everything that may be left of one person."""
    who = "glpikeys-check-" + tag
    return sql("SELECT (SELECT COUNT(*) FROM glpi_users WHERE name = '%s'),"
               "(SELECT COUNT(*) FROM glpi_useremails WHERE email = '%s@example.org'),"
               "(SELECT COUNT(*) FROM glpi_profiles_users p LEFT JOIN glpi_users u ON u.id = p.users_id WHERE u.id IS NULL),"
               "(SELECT COUNT(*) FROM glpi_groups_users g LEFT JOIN glpi_users u ON u.id = g.users_id WHERE u.id IS NULL),"
               "(SELECT COUNT(*) FROM glpi_useremails e LEFT JOIN glpi_users u ON u.id = e.users_id WHERE u.id IS NULL),"
               "(SELECT COUNT(*) FROM glpi_plugin_glpikeys_registrations WHERE plugin_glpikeys_invitations_id = %d),"
               "(SELECT uses FROM glpi_plugin_glpikeys_invitations WHERE id = %d)" % (who, who, number, number)).split()


def trigger(table, condition, action):
    sql("DROP TRIGGER IF EXISTS glpikeys_check")
    sql("CREATE TRIGGER glpikeys_check BEFORE INSERT ON %s FOR EACH ROW BEGIN IF %s THEN %s END IF; END"
        % (table, condition, action), "--delimiter=//")


def errors(rest, group):
    signal = "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'glpikeys-check'; "
    steps = {
        "the registration": ("glpi_plugin_glpikeys_registrations", "NEW.email LIKE 'glpikeys-check-%'"),
        "the user": ("glpi_users", "NEW.name LIKE 'glpikeys-check-%'"),
        "the e-mail": ("glpi_useremails", "NEW.email LIKE 'glpikeys-check-%'"),
        "the profile": ("glpi_profiles_users", "NEW.profiles_id = 6 AND NEW.is_dynamic = 0"),
        "the group": ("glpi_groups_users", "NEW.groups_id = %d" % group),
    }
    for i, (name, (table, condition)) in enumerate(steps.items()):
        number, token = rest.invite(max_uses=2, profiles_id=6, groups="[%d]" % group)
        tag = "err%d-%s" % (i, STAMP)
        orphans = left(tag, number)
        visitor = client.Visitor()
        page = visitor.open(token)
        trigger(table, condition, signal)
        page = visitor.submit(page, **client.person(tag))
        sql("DROP TRIGGER glpikeys_check")
        said = page.problems == ["The account could not be created just now. Nothing was changed; please try again."]
        check("error at %s: said, no SQL shown" % name,
              said and not any(word in page.body for word in ("INSERT INTO", "MySQL", "SQLSTATE", "glpikeys_check")),
              (page.status, page.problems))
        check("error at %s: nothing left, no use lost" % name, left(tag, number) == orphans, left(tag, number))
        page = visitor.submit(page, **client.person(tag))
        check("error at %s: the next try works" % name, page.title == "Your account is ready", (page.status, page.problems))


def connections():
    return {line for line in sql("SELECT id FROM information_schema.processlist"
                                " WHERE state = 'User sleep' AND db = DATABASE()").split()}


def killed(rest, group):
    number, token = rest.invite(max_uses=2, groups="[%d]" % group)
    tag = "kill-" + STAMP
    before = left(tag, number)
    visitor = client.Visitor()
    page = visitor.open(token)
    trigger("glpi_groups_users", "NEW.groups_id = %d" % group, "DO SLEEP(20);")
    result = {}
    thread = threading.Thread(target=lambda: result.update(page=visitor.submit(page, **client.person(tag))))
    thread.start()
    deadline = time.time() + 10
    while not connections() and time.time() < deadline:
        time.sleep(0.1)
    for connection in connections():
        sql("KILL " + connection)
    sql("DROP TRIGGER IF EXISTS glpikeys_check")
    thread.join()
    check("connection lost in the middle: nothing left, no use lost", left(tag, number) == before, left(tag, number))
    check("connection lost in the middle: no SQL shown", "INSERT" not in result["page"].body, result["page"].status)
    page = client.Visitor().register(token, client.person(tag))
    check("connection lost in the middle: the next try works", page.title == "Your account is ready", page.problems)


def worker_of(connection):
    """The process at the other end of a connection to the database."""
    port = int(sql("SELECT host FROM information_schema.processlist WHERE id = " + connection).rsplit(":", 1)[1])
    sockets = set()
    for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
        columns = line.split()
        if columns[1].endswith(":%04X" % port):
            sockets.add("socket:[%s]" % columns[9])
    for link in pathlib.Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(link) in sockets:
                return int(link.parts[2])
        except OSError:
            continue
    raise RuntimeError("no process with port %d" % port)


def working(part):
    """Connections of this database that are at a statement with a certain text."""
    found = sql("SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()"
                " AND info LIKE '%" + part + "%' AND info NOT LIKE '%processlist%' AND host LIKE '%:%'").split()
    return found if len(found) == 1 else []


def wait_for(condition, seconds=20):
    deadline = time.time() + seconds
    while time.time() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise TimeoutError(condition)


def killed_worker(rest, name, part, hold, number, token, tag):
    """Somebody registers; hold() keeps the statement with part in its text at work; its PHP process is killed."""
    before = left(tag, number)
    visitor = client.Visitor(source=SOURCE)
    # A first wrong form, so that the visit is counted already when the row is locked.
    page = visitor.register(token, {**client.person(tag), "password2": "other"})
    release = hold()
    result = {}
    thread = threading.Thread(target=lambda: result.update(page=visitor.submit(page, **client.person(tag))))
    thread.start()
    try:
        connection = wait_for(lambda: working(part))[0]
        worker = worker_of(connection)
        if b"php" not in pathlib.Path("/proc/%d/cmdline" % worker).read_bytes():
            raise RuntimeError("process %d is not PHP" % worker)
        os.kill(worker, signal.SIGKILL)
    finally:
        thread.join()
        release()
    wait_for(lambda: not sql("SELECT id FROM information_schema.processlist WHERE id = " + connection), 60)
    check("killed %s: the visitor reads no SQL" % name, result["page"].status >= 500
          and not any(word in result["page"].body for word in ("INSERT", "UPDATE", "SQL")), result["page"].status)
    check("killed %s: nothing left, no use lost" % name, left(tag, number) == before, (before, left(tag, number)))
    page = visitor.follow(visitor.open(token))
    page = visitor.submit(page, **client.person(tag))
    check("killed %s: the same visitor's next try works" % name, page.title == "Your account is ready",
          (page.status, page.title, page.problems))
    rows = left(tag, number)
    check("killed %s: one account, one use" % name, (rows[0], rows[1], rows[5], rows[6]) == ("1", "1", "1", "1"), rows)


def killed_workers(rest, group):
    def held_by(statements):
        def hold():
            other = subprocess.Popen(COMMAND + ["-N", "-n"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            other.stdin.write(statements + "; SELECT 'held';\n")
            other.stdin.flush()
            while "held" not in other.stdout.readline():
                pass
            return lambda: other.communicate("ROLLBACK;\n")
        return hold

    def slow(table, condition, event="INSERT"):
        def hold():
            sql("DROP TRIGGER IF EXISTS glpikeys_check")
            sql("CREATE TRIGGER glpikeys_check BEFORE %s ON %s FOR EACH ROW BEGIN IF %s THEN DO SLEEP(4); END IF; END"
                % (event, table, condition), "--delimiter=//")
            return lambda: sql("DROP TRIGGER glpikeys_check")
        return hold

    database = sql("SELECT DATABASE()")
    registrations = "glpi_plugin_glpikeys_registrations"
    steps = {
        "before the transaction": ("GET_LOCK", lambda number, tag: held_by("SELECT GET_LOCK('glpikeys%s', 5)" % hashlib.sha256(
            ("%s|glpikeys-check-%s" % (database, tag)).encode()).hexdigest()[:40])),
        "at the counter": ("`uses` + 1", lambda number, tag: held_by(
            "BEGIN; SELECT id FROM glpi_plugin_glpikeys_invitations WHERE id = %d FOR UPDATE" % number)),
        "at the registration": ("SLEEP(4)", lambda number, tag: slow(registrations, "NEW.email LIKE 'glpikeys-check-%'")),
        "at the user": ("SLEEP(4)", lambda number, tag: slow("glpi_users", "NEW.name LIKE 'glpikeys-check-%'")),
        "at the e-mail": ("SLEEP(4)", lambda number, tag: slow("glpi_useremails", "NEW.email LIKE 'glpikeys-check-%'")),
        "at the profile": ("SLEEP(4)", lambda number, tag: slow(
            "glpi_profiles_users", "NEW.profiles_id = 6 AND NEW.is_dynamic = 0")),
        "at the group": ("SLEEP(4)", lambda number, tag: slow("glpi_groups_users", "NEW.groups_id = %d" % group)),
        "before the commit": ("SLEEP(4)", lambda number, tag: slow(registrations, "NEW.users_id > OLD.users_id", "UPDATE")),
    }
    for i, (name, (part, hold)) in enumerate(steps.items()):
        number, token = rest.invite(max_uses=2, profiles_id=6, groups="[%d]" % group)
        tag = "sig%d-%s" % (i, STAMP)
        killed_worker(rest, name, part, hold(number, tag), number, token, tag)


def deadlock(rest, group, table, condition):
    """The visitor holds the invitation and wants a row; the other holds the row and wants the invitation."""
    number, token = rest.invite(max_uses=2, groups="[%d]" % group)
    tag = "dead-%s-%s" % (table[5:].replace("_", ""), STAMP)
    sql("CREATE TABLE IF NOT EXISTS glpikeys_check (id int PRIMARY KEY, n int) ENGINE=InnoDB;"
        "REPLACE INTO glpikeys_check SELECT seq, 0 FROM seq_1_to_2000")
    before = int(sql("SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'Innodb_deadlocks'") or 0)
    visitor = client.Visitor()
    page = visitor.open(token)
    trigger(table, condition,
            "DO SLEEP(1); UPDATE glpikeys_check SET n = n + 1 WHERE id = 1;")
    # Many changed rows make the database choose the visitor as the one to undo.
    other = subprocess.Popen(COMMAND + ["-e", "BEGIN; UPDATE glpikeys_check SET n = n + 1; SELECT SLEEP(0.8);"
                             "UPDATE glpi_plugin_glpikeys_invitations SET opened = opened + 1 WHERE id = %d;"
                             "SELECT SLEEP(1); ROLLBACK" % number], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    time.sleep(0.2)
    page = visitor.submit(page, **client.person(tag))
    other.wait()
    sql("DROP TRIGGER glpikeys_check; DROP TABLE glpikeys_check")
    after = int(sql("SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'Innodb_deadlocks'") or 0)
    check("a deadlock at %s happened, the visitor lost it" % table, after > before and not other.stderr.read(), (before, after))
    rows = left(tag, number)
    check("after a deadlock: one account or none, counter the same, nothing without a user",
          (rows[0], rows[1], rows[5], rows[6]) in {("1", "1", "1", "1"), ("0", "0", "0", "0")}
          and rows[2:5] == ["0", "0", "0"], rows)
    print("      the visitor read: %s %s %s" % (page.status, page.title or page.body[-500:], page.problems))


def main():
    rest = client.Rest()
    client.remove_people(rest)
    group = rest.call("POST", "Group", {"input": {"name": "glpikeys-check", "entities_id": 0, "is_recursive": 1}})[1]["id"]
    rest.close()
    rest = client.Rest()
    try:
        errors(rest, group)
        killed(rest, group)
        if os.environ.get("GLPIKEYS_KILL") == "1":
            killed_workers(rest, group)
        deadlock(rest, group, "glpi_groups_users", "NEW.groups_id = %d" % group)
        # GLPI's User::add() does not look whether this one worked.
        deadlock(rest, group, "glpi_useremails", "NEW.email LIKE 'glpikeys-check-dead%'")
    finally:
        sql("DROP TRIGGER IF EXISTS glpikeys_check; DROP TABLE IF EXISTS glpikeys_check")
        client.remove_people(rest)
        rest.call("DELETE", "Group/%d?force_purge=true" % group)
        rest.close()
    print("%d of %d" % (sum(RESULTS), len(RESULTS)))
    sys.exit(0 if all(RESULTS) else 1)


main()
