# GLPI Keys: invitations for GLPI.
# Copyright (C) 2026 the GLPI Keys authors.
# SPDX-License-Identifier: GPL-3.0-or-later
"""64 people submit at once, from one address, on an invitation for 10. Ten runs.

Exactly 10 accounts, 10 registrations and a counter of 10 may come out, and the other 54 must
read that the invitation is used up. Usage: parallel.py [runs]. See client.py.
"""

import sys
import threading
import time

import client

PEOPLE, USES = 64, 10


def run(rest, number):
    invitation, token = rest.invite(max_uses=USES)
    visitors = [client.Visitor() for _ in range(PEOPLE)]
    pages = [visitor.open(token) for visitor in visitors]
    barrier = threading.Barrier(PEOPLE)
    titles = [""] * PEOPLE
    stamp = "%x-%d" % (int(time.time()), number)

    def submit(i):
        barrier.wait()
        titles[i] = visitors[i].submit(pages[i], **client.person("%s-%d" % (stamp, i))).title

    start = time.time()
    threads = [threading.Thread(target=submit, args=(i,)) for i in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.time() - start
    users = rest.get("search/User?criteria[0][field]=1&criteria[0][searchtype]=contains"
                     "&criteria[0][value]=glpikeys-check-%s-&range=0-99" % stamp)["totalcount"]
    registrations = len([row for row in rest.get("PluginGlpikeysRegistration?range=0-9999&order=DESC")
                         if row["plugin_glpikeys_invitations_id"] == invitation])
    uses = rest.invitation(invitation)["uses"]
    ready = titles.count("Your account is ready")
    used_up = titles.count("This invitation is used up")
    good = (users, registrations, uses, ready, used_up) == (USES, USES, USES, USES, PEOPLE - USES)
    print("run %d: accounts %d, registrations %d, counter %s, ready %d, used up %d, %.1f s %s" % (
        number, users, registrations, uses, ready, used_up, took, "ok" if good else "WRONG " + str(set(titles))), flush=True)
    client.remove_people(rest)
    rest.call("DELETE", "PluginGlpikeysInvitation/%d?force_purge=true" % invitation)
    return good


def main():
    rest = client.Rest()
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    results = [run(rest, number) for number in range(1, runs + 1)]
    rest.close()
    sys.exit(0 if all(results) else 1)


main()
