"""Runs in the environment of `parkapi-sources`: reads our output, prints what it understood.

`outside_parkapi.py sites|spots|table|status|kienzler` with the document on standard input; answers
`{"read": [...], "errors": [...]}` as JSON.
"""

import json
import sys
from datetime import datetime
from decimal import Decimal
from enum import Enum

from lxml import etree
from parkapi_sources.converters.aachen.converter import AachenPullConverter
from parkapi_sources.converters.kienzler.models import KienzlerInput
from parkapi_sources.models import CombinedParkingSiteInput, CombinedParkingSpotInput
from validataclass.exceptions import ValidationError
from validataclass.validators import DataclassValidator


def plain(value):
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else str(value)


def validated(rows, kind):
    validator, read, errors = DataclassValidator(kind), [], []
    for row in rows:
        try:
            read.append(validator.validate(row).to_dict(keep_unset_values=False))
        except ValidationError as error:
            errors.append(error.to_dict())
    return read, errors


def converted(document, which):
    converter = AachenPullConverter.__new__(AachenPullConverter)
    converter.apply_static_patches = lambda found: found
    from parkapi_sources.util import XMLHelper

    converter.xml_helper = XMLHelper()
    tree = etree.fromstring(document)
    handle = {"table": converter._handle_static_xml_data,
              "status": converter._handle_realtime_xml_data}[which]  # fmt: skip
    read, errors = handle(tree)
    return [one.to_dict() for one in read], [error.message for error in errors]


def main():
    which, document = sys.argv[1], sys.stdin.buffer.read()
    if which in ("table", "status"):
        read, errors = converted(document, which)
    elif which == "kienzler":
        validator = DataclassValidator(KienzlerInput)
        found = [validator.validate(row) for row in json.loads(document)]
        read = [
            {**one.to_static_parking_site("https://stadt.example").to_dict(),
             **one.to_realtime_parking_site().to_dict()}
            for one in found
        ]  # fmt: skip
        errors = []
    else:
        kind = {"sites": CombinedParkingSiteInput, "spots": CombinedParkingSpotInput}[which]
        read, errors = validated(json.loads(document)["items"], kind)
    print(json.dumps({"read": read, "errors": errors}, default=plain))


main()
