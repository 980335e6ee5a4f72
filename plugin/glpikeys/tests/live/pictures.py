# GLPI Keys: invitations for GLPI.
# Copyright (C) 2026 the GLPI Keys authors.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of the join page in every state, for people to look at.

Usage: pictures.py FOLDER [state …]. See client.py, pages.py and browser.py for the environment.
1280 and 390 CSS pixels wide, with and without JavaScript, in English and French. What a script
can see is checked: nothing wider than the screen, no picture or script missing, no complaint of
the browser.

The page of a plugin that is switched off: pictures.py FOLDER inactive, after switching it off.
"""

import pathlib
import sys

import browser
import client
import pages

# What the browser says of a page whose status is not 200.
EXPECTED = "Failed to load resource: the server responded with a status of 4"


def look(tab, file, width, expected):
    wide = tab.run("document.documentElement.scrollWidth")
    wrong = [text for text in tab.complaints() if EXPECTED not in text]
    tab.picture(str(file))
    title = tab.run("(document.querySelector('h1') || document.body).innerText.slice(0, 60)")
    if expected not in (None, title):
        wrong.append("not: " + expected)
    good = wide <= width and not wrong
    print("%s %-32s %s%s" % ("ok   " if good else "WRONG", file.stem, title, "" if good else ": %s" % ((wide, wrong),)),
          flush=True)
    return good


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[2:]
    window = browser.Browser()
    good = []
    rest = None
    try:
        if wanted == ["inactive"]:
            states, world = {"inactive": lambda tab, _: tab.open(client.URL + client.Visitor.PATH + "?i=" + "A" * 22)}, None
        else:
            rest = client.Rest()
            world = pages.World(rest)
        for language in ("en", "fr"):
            for width in (1280, 390):
                for script in (True, False):
                    if world:
                        world.elsewhere()
                        states = {name: state for name, state in pages.states(script).items() if not wanted or name in wanted}
                    for name, state in states.items():
                        file = folder / ("%s-%s-%d-%s.png" % (name, language, width, "js" if script else "nojs"))
                        tab = browser.Tab(window, language, width, script)
                        try:
                            state(tab, world)
                            good.append(look(tab, file, width, pages.TITLES.get(name) if language == "en" else None))
                        except (RuntimeError, TimeoutError, KeyError, IndexError) as error:
                            good.append(False)
                            print("WRONG %s: %r" % (file.stem, error), flush=True)
                            tab.picture(str(file))
                        tab.close()
    finally:
        window.close()
        if rest:
            pages.clean(rest)
            rest.close()
    print("%d of %d" % (sum(good), len(good)))
    sys.exit(0 if all(good) else 1)


main()
