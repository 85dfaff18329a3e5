# SPDX-License-Identifier: MIT
"""Tokens taken apart, and put together wrong."""

import base64
import json


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def part(token, number):
    text = token.split(".")[number]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def header(token):
    return part(token, 0)


def claims(token):
    return part(token, 1)
