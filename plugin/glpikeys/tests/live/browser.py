# GLPI Keys: invitations for GLPI.
# Copyright (C) 2026 the GLPI Keys authors.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chromium without a window, driven through its DevTools pipe; nothing else is needed.

  GLPIKEYS_CHROMIUM  the program ("chromium" otherwise)
"""

import base64
import json
import os
import select
import subprocess
import tempfile
import time


class Browser:
    def __init__(self):
        self.profile = tempfile.TemporaryDirectory(prefix="glpikeys-", ignore_cleanup_errors=True)
        command_out, self.command = os.pipe()
        self.answers, answer_in = os.pipe()

        def connect():
            # Chromium reads commands from file 3 and answers on file 4.
            # Copies first, as these may be the numbers the pipes have already.
            copies = os.dup(command_out), os.dup(answer_in)
            os.dup2(copies[0], 3)
            os.dup2(copies[1], 4)
            os.set_inheritable(3, True)
            os.set_inheritable(4, True)

        self.process = subprocess.Popen(
            [os.environ.get("GLPIKEYS_CHROMIUM", "chromium"), "--headless=new", "--no-sandbox", "--disable-gpu",
             "--remote-debugging-pipe", "--ignore-certificate-errors", "--user-data-dir=" + self.profile.name,
             "--hide-scrollbars", "about:blank"],
            preexec_fn=connect, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(command_out)
        os.close(answer_in)
        self.number, self.buffer, self.events = 0, b"", []

    def call(self, method, session=None, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.command, json.dumps(message).encode() + b"\0")
        deadline = time.time() + 60
        while time.time() < deadline:
            answer = self.read(deadline - time.time())
            if answer is None:
                break
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError((method, answer["error"]))
                return answer["result"]
            self.events.append(answer)
        raise TimeoutError(method)

    def read(self, seconds):
        """The next message; None when there is none in time."""
        while b"\0" not in self.buffer:
            if not select.select([self.answers], [], [], seconds)[0]:
                return None
            self.buffer += os.read(self.answers, 1 << 20)
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)

    def close(self):
        self.call("Browser.close")
        self.process.wait(20)
        os.close(self.command)
        os.close(self.answers)
        self.profile.cleanup()


class Tab:
    """One visitor: cookies of its own, a language, a width in CSS pixels, with or without JavaScript."""

    def __init__(self, browser, language="en", width=1280, script=True):
        self.browser = browser
        self.context = browser.call("Target.createBrowserContext")["browserContextId"]
        target = browser.call("Target.createTarget", url="about:blank", browserContextId=self.context)["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")
        self.call("Runtime.enable")
        self.call("Log.enable")
        self.call("Network.enable")
        self.call("Network.setExtraHTTPHeaders", headers={"Accept-Language": language})
        self.call("Emulation.setLocaleOverride", locale=language.replace("-", "_"))
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=800 if width > 600 else 844,
                  deviceScaleFactor=1, mobile=width < 600)
        if not script:
            self.call("Emulation.setScriptExecutionDisabled", value=True)

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def wait(self, name, seconds=30):
        deadline = time.time() + seconds
        while True:
            for event in list(self.browser.events):
                if event.get("sessionId") == self.session and event["method"] == name:
                    self.browser.events.remove(event)
                    return
            event = self.browser.read(max(0, deadline - time.time()))
            if event is None:
                raise TimeoutError(name)
            self.browser.events.append(event)

    def open(self, address):
        self.forget("Page.loadEventFired")
        self.call("Page.navigate", url=address)
        self.wait("Page.loadEventFired")

    def forget(self, name):
        self.browser.events = [event for event in self.browser.events
                               if not (event.get("sessionId") == self.session and event["method"] == name)]

    def run(self, expression):
        """The value of a JavaScript expression; works where the page's own scripts are off."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    def fill(self, values):
        self.run("(function (values) { for (const name in values) { const field = document.getElementsByName(name)[0];"
                 "field.value = values[name]; field.dispatchEvent(new Event('input', {bubbles: true})); } })(%s)"
                 % json.dumps(values))

    def until(self, expression, seconds=30):
        deadline = time.time() + seconds
        while not self.run(expression):
            if time.time() > deadline:
                raise TimeoutError(expression)
            time.sleep(0.1)

    def press(self, selector):
        """Clicks what leads to another page, and waits for that."""
        self.forget("Page.loadEventFired")
        self.run("document.querySelector(%s).click()" % json.dumps(selector))
        self.wait("Page.loadEventFired")

    def type(self, values, selector="form button[type=submit]"):
        """Fills in a form and sends it, even when the browser would not."""
        self.run("(function () { const form = document.querySelector('main form'); if (form) form.noValidate = true; })()")
        self.fill(values)
        self.press(selector)

    def picture(self, file):
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip={
            "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1})["data"]
        with open(file, "wb") as out:
            out.write(base64.b64decode(data))
        return size

    def complaints(self):
        """What the browser's console said."""
        said = []
        for event in self.browser.events:
            if event.get("sessionId") == self.session and event["method"] in ("Log.entryAdded", "Runtime.exceptionThrown"):
                said.append(event["params"].get("entry", {}).get("text") or json.dumps(event["params"])[:300])
        return said

    def close(self):
        self.browser.call("Target.disposeBrowserContext", browserContextId=self.context)
        self.browser.events = [event for event in self.browser.events if event.get("sessionId") != self.session]
