# GLPI Keys: invitations for GLPI.
# Copyright (C) 2026 the GLPI Keys authors.
# SPDX-License-Identifier: GPL-3.0-or-later
"""axe-core over the join page in every state: WCAG 2.0 to 2.2, levels A and AA.

Usage: accessibility.py [state …]. See client.py, pages.py and browser.py for the environment; besides:

  GLPIKEYS_AXE  the file axe.min.js of axe-core, which is not part of this project

What axe finds outside the card of the join page is GLPI's own layout and is only counted.
"""

import os
import pathlib
import sys

import browser
import client
import pages

AXE = pathlib.Path(os.environ["GLPIKEYS_AXE"]).read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """axe.run(document, {runOnly: %s, resultTypes: ['violations']}).then(result => {
    const own = document.querySelector('#glpikeys-join');
    const found = {ours: [], theirs: [], passed: result.passes.length};
    result.violations.forEach(rule => rule.nodes.forEach(node => {
        const part = document.querySelector(node.target[0]);
        const ours = own && (own.contains(part) || part === document.documentElement);
        found[ours ? 'ours' : 'theirs'].push(rule.id + ': ' + node.html.slice(0, 120));
    }));
    return found;
})""" % TAGS


def main():
    wanted = sys.argv[1:]
    rest = client.Rest()
    window = browser.Browser()
    good, theirs = [], set()
    try:
        world = pages.World(rest)
        for width in (1280, 390):
            world.elsewhere()
            for name, state in pages.states(True).items():
                if wanted and name not in wanted:
                    continue
                tab = browser.Tab(window, "en", width)
                try:
                    state(tab, world)
                    if tab.run("document.querySelector('h1').innerText") != pages.TITLES[name]:
                        raise RuntimeError("another page came")
                    tab.run(AXE + "; 1")
                    found = tab.run(RUN)
                    theirs.update(found["theirs"])
                    good.append(not found["ours"])
                    print("%s %s-%d: %d rules passed %s" % (
                        "ok   " if good[-1] else "WRONG", name, width, found["passed"], found["ours"] or ""), flush=True)
                except (RuntimeError, TimeoutError, KeyError, IndexError) as error:
                    good.append(False)
                    print("WRONG %s-%d: %r" % (name, width, error), flush=True)
                tab.close()
    finally:
        window.close()
        pages.clean(rest)
        rest.close()
    for text in sorted(theirs):
        print("      GLPI's own: " + text)
    print("%d of %d" % (sum(good), len(good)))
    sys.exit(0 if all(good) else 1)


main()
