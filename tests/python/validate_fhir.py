"""Validates FHIR R5 bundles by fhir.resources, an implementation that shares nothing with the server's.

Arguments: files, JSON or insta snapshots of it; none: JSON on standard input. Ends with 0 only if each is a Bundle,
every element is one of R5, nothing required is missing, and every code with a required binding is one of its list.
"""

import json
import sys

import fhir.resources
from fhir.resources.bundle import Bundle
from fhir_core.fhirabstractmodel import FHIRAbstractModel

assert fhir.resources.__fhir_version__ == "5.0.0"


def document(text: str):
    """The JSON of a snapshot begins after its head, between two lines of dashes."""
    return json.loads(text.split("\n---\n", 1)[1] if text.startswith("---\n") else text)


def wrong_codes(model: FHIRAbstractModel, path: str):
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        allowed = (field.json_schema_extra or {}).get("enum_values")
        for index, item in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(item, FHIRAbstractModel):
                yield from wrong_codes(item, f"{path}.{name}[{index}]")
            elif item is not None and allowed and item not in allowed:
                yield f"{path}.{name}: {item!r} is not one of {allowed}"


def check(name: str, text: str):
    bundle = Bundle.model_validate(document(text))
    wrong = list(wrong_codes(bundle, "Bundle"))
    if wrong:
        raise ValueError("\n".join(wrong))
    kinds = [entry.resource.get_resource_type() for entry in bundle.entry]
    print(f"{name}: {', '.join(kinds)}")


def main() -> int:
    sources = [(path, open(path, encoding="utf-8").read()) for path in sys.argv[1:]]
    for name, text in sources or [("standard input", sys.stdin.read())]:
        try:
            check(name, text)
        except ValueError as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 1
    return 0


sys.exit(main())
