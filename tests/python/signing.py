"""A hook of schemathesis: every call is signed as an enrolled kiosk signs it (RFC 9421, Ed25519).

Environment: KIOSK_KEY, the file with the kiosk's Ed25519 seed in hexadecimal; KIOSK_ID; KIOSK_CLOCK, the server's time
when this program starts (RFC 3339).
"""

import base64
import hashlib
import os
import time
import uuid
from datetime import datetime
from urllib.parse import urlsplit

import requests.auth
import schemathesis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

with open(os.environ["KIOSK_KEY"], encoding="ascii") as file:
    KEY = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(file.read().strip()))
KIOSK = os.environ["KIOSK_ID"]
BEGAN = datetime.fromisoformat(os.environ["KIOSK_CLOCK"]).timestamp()
STARTED = time.monotonic()

# What the signature brings with it; schemathesis makes up everything else.
OWN = {"Signature-Input", "Signature", "Content-Digest"}


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


class Signed(requests.auth.AuthBase):
    def __call__(self, request):
        for name in OWN:
            request.headers.pop(name, None)
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        if request.method not in ("GET", "HEAD") or body:
            request.headers["Content-Digest"] = f"sha-256=:{encoded(hashlib.sha256(body).digest())}:"
        url = urlsplit(request.url)
        components = {
            "@method": request.method,
            "@authority": url.netloc.lower(),
            "@path": url.path or "/",
            "@query": f"?{url.query}",
        }
        for name in ("Content-Digest", "Idempotency-Key"):
            if name in request.headers:
                value = request.headers[name]
                value = value.decode("latin-1") if isinstance(value, bytes) else value
                components[name.lower()] = value.strip()
        names = " ".join(f'"{name}"' for name in components)
        created = int(BEGAN + time.monotonic() - STARTED)
        parameters = f'({names});created={created};nonce="{uuid.uuid4()}";keyid="{KIOSK}"'
        lines = [f'"{name}": {value}' for name, value in components.items()]
        base = "\n".join([*lines, f'"@signature-params": {parameters}'])
        request.headers["Signature-Input"] = f"kiosk={parameters}"
        request.headers["Signature"] = f"kiosk=:{encoded(KEY.sign(base.encode('latin-1', 'replace')))}:"
        return request


schemathesis.auth.set_from_requests(Signed())


@schemathesis.hook
def before_load_schema(context, raw_schema):
    for item in raw_schema["paths"].values():
        for operation in item.values():
            own = [p for p in operation.get("parameters", []) if p.get("name") not in OWN]
            operation["parameters"] = own
