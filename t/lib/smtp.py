# SPDX-License-Identifier: MIT
"""A real SMTP server whose inbox tests can read, and that can misbehave."""

import asyncio
import email
import email.policy
import re
import threading

from aiosmtpd.controller import Controller

from lib.process import free_port, wait_for


class Inbox:
    """aiosmtpd's handler.  refuse: None, or the answer to RCPT ("451 …");
    fail_data: the answer to the message after it was read; hold: an event
    that RCPT waits for; held: how many do."""

    def __init__(self):
        self.messages = []
        self.refuse = None
        self.fail_data = None
        self.hold = None
        self.held = 0
        self.attempts = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.attempts += 1
        hold = self.hold
        self.held += hold is not None
        while hold is not None and not hold.is_set():
            await asyncio.sleep(0.02)
        self.held -= hold is not None
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        message.recipients = list(envelope.rcpt_tos)
        if self.fail_data:
            return self.fail_data
        self.messages.append(message)
        return "250 OK"


class Smtp:
    """The server, on a port of its own; stop() and start() keep the port."""

    def __init__(self, **options):
        self.port = free_port()
        self.inbox = Inbox()
        self.options = options
        self.controller = None
        self.lock = threading.Lock()

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def start(self):
        self.controller = Controller(self.inbox, hostname="127.0.0.1", port=self.port,
                                     **self.options)
        self.controller.start()
        return self

    def stop(self):
        if self.controller is not None:
            self.controller.stop()
            self.controller = None

    def messages(self, recipient):
        return [m for m in self.inbox.messages if recipient in m.recipients]

    def wait_message(self, recipient, number=1, seconds=15.0):
        """The number-th message to a recipient."""
        wait_for(lambda: len(self.messages(recipient)) >= number, seconds,
                 f"mail {number} to {recipient}")
        return self.messages(recipient)[number - 1]

    def wait_link(self, recipient, number=1, seconds=15.0):
        return link_of(self.wait_message(recipient, number, seconds))


class Folder:
    """The same questions for a server that writes its mail into a folder."""

    def __init__(self, path):
        self.path = path

    def messages(self, recipient):
        found = []
        for path in sorted(self.path.glob("*.eml"), key=lambda p: p.stat().st_mtime_ns):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if recipient in str(message["To"]):
                found.append(message)
        return found

    wait_message = Smtp.wait_message
    wait_link = Smtp.wait_link


def text_of(message):
    return message.get_body(preferencelist=("plain",)).get_content()


def link_of(message):
    """The link that a mail wants its reader to follow."""
    links = re.findall(r"https?://\S+\?token=[A-Za-z0-9_-]+", text_of(message))
    assert links, f"no link in {text_of(message)}"
    return links[0]


def token_of(link):
    return link.partition("token=")[2]
