"""Hooks of schemathesis: every call is signed as an enrolled kiosk signs it (RFC 9421, Ed25519), and a call about a
session or a call for staff is about one that there is.

Environment: KIOSK_SERVER, the server's address; KIOSK_KEY and CLINIC_KEY, the files with the Ed25519 seeds in hexadecimal of the kiosk and of the
station's software; KIOSK_ID; CLINIC_VISIT, the id of a visit; KIOSK_CLOCK, the server's time when this program starts (RFC 3339).
"""

import base64
import hashlib
import itertools
import os
import time
import uuid
from datetime import datetime, timezone
from urllib.parse import urlsplit

import requests
import requests.auth
import schemathesis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey



def key(name: str) -> Ed25519PrivateKey:
    with open(os.environ[name], encoding="ascii") as file:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(file.read().strip()))


# Each caller's id and key: the kiosk's, and that of the station's software, which alone reports first costs.
KIOSK = (os.environ["KIOSK_ID"], key("KIOSK_KEY"))
CLINIC = ("clinic", key("CLINIC_KEY"))
VISIT = os.environ["CLINIC_VISIT"]
SERVER = os.environ["KIOSK_SERVER"]
BEGAN = datetime.fromisoformat(os.environ["KIOSK_CLOCK"]).timestamp()
STARTED = time.monotonic()

# What the signature brings with it; schemathesis makes up everything else.
OWN = {"Signature-Input", "Signature", "Content-Digest"}


def now() -> datetime:
    return datetime.fromtimestamp(BEGAN + time.monotonic() - STARTED, timezone.utc)


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


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
                if is_uuid(value):
                    # Made-up calls repeat themselves; each is to be a new one.
                    value = request.headers[name] = str(uuid.uuid4())
                components[name.lower()] = value.strip()
        caller, own_key = CLINIC if url.path.endswith("/first-cost") else KIOSK
        names = " ".join(f'"{name}"' for name in components)
        created = int(now().timestamp())
        parameters = f'({names});created={created};nonce="{uuid.uuid4()}";keyid="{caller}"'
        lines = [f'"{name}": {value}' for name, value in components.items()]
        base = "\n".join([*lines, f'"@signature-params": {parameters}'])
        request.headers["Signature-Input"] = f"kiosk={parameters}"
        request.headers["Signature"] = f"kiosk=:{encoded(own_key.sign(base.encode('latin-1', 'replace')))}:"
        return request


schemathesis.auth.set_from_requests(Signed())


def post(path: str, body: dict) -> dict:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    response = requests.post(f"{SERVER}{path}", json=body, headers=headers, auth=Signed(), timeout=30)
    response.raise_for_status()
    return response.json()


def session_at_consent() -> str:
    wish = {"service": "health", "language": "vi", "ways": ["chip", "vneid", "qr", "typed", "child"]}
    return post("/v1/sessions", wish)["session_id"]


def session_at_identify() -> str:
    session = session_at_consent()
    answer = {
        "kind": "consent",
        "purpose": "health_check_in",
        "given": True,
        "language": "vi",
        "text_sha256": hashlib.sha256("Tôi đồng ý.".encode()).hexdigest(),
    }
    view = post(f"/v1/sessions/{session}/answers", {"answer": answer})
    assert view["step"]["kind"] == "identify", view["step"]["kind"]
    return session


def staff_call() -> str:
    return post("/v1/staff-calls", {"step": "welcome", "code": "help_wanted"})["call_id"]


TURNS = itertools.cycle([True, False])
SESSIONS = itertools.cycle([session_at_consent, session_at_identify, session_at_identify])


@schemathesis.hook
def before_load_schema(context, raw_schema):
    # Every call is signed here: that one without a signature is refused is shown elsewhere.
    raw_schema.get("components", {}).pop("securitySchemes", None)
    raw_schema.pop("security", None)
    for item in raw_schema["paths"].values():
        for operation in item.values():
            operation.pop("security", None)
            own = [p for p in operation.get("parameters", []) if p.get("name") not in OWN]
            operation["parameters"] = own


@schemathesis.hook
def before_call(context, case, kwargs):
    positive = case.meta is not None and case.meta.generation.mode.is_positive
    if case.operation.path.startswith("/v1/visits/") and positive:
        case.path_parameters["id"] = VISIT
        if isinstance(case.body, dict) and "ordered_at" in case.body:
            # When it was ordered is after the patient came, and now at the latest.
            case.body["ordered_at"] = now().isoformat()
            if case.body.get("ward") is not None:
                # So is the admission to the ward, in every second case that names one.
                ward = {"admitted_at": now().isoformat(), "reason": "Theo dõi", "reason_code": "1"}
                case.body["ward"] = ward if next(TURNS) else None
        return
    made_up = case.path_parameters and not is_uuid(str(case.path_parameters.get("id", "")))
    if case.operation.path.endswith(("/challenges", "/vneid")) and positive:
        # A challenge is for whoever has agreed and is asked for a card; so is signing in instead.
        case.path_parameters["id"] = session_at_identify()
    elif made_up and positive:
        about_call = case.operation.path.startswith("/v1/staff-calls/")
        case.path_parameters["id"] = staff_call() if about_call else next(SESSIONS)()
