"""Runs in the environment of `extrawest-ocpi`: reads our objects into its models of OCPI 2.2.1.

`{"locations": [...], "tariffs": [...], "sessions": [...], "cdrs": [...], "credentials": [...]}` on
standard input; answers `{"read": {kind: count}, "errors": [...]}`.
"""

import json
import sys

from py_ocpi.modules.cdrs.v_2_2_1.schemas import Cdr
from py_ocpi.modules.credentials.v_2_2_1.schemas import Credentials
from py_ocpi.modules.locations.v_2_2_1.schemas import Location
from py_ocpi.modules.sessions.v_2_2_1.schemas import Session
from py_ocpi.modules.tariffs.v_2_2_1.schemas import Tariff

KINDS = {"locations": Location, "tariffs": Tariff, "sessions": Session, "cdrs": Cdr,
         "credentials": Credentials}  # fmt: skip
read, errors = {}, []
for kind, rows in json.load(sys.stdin).items():
    for row in rows:
        try:
            KINDS[kind](**row)
        except ValueError as error:
            errors.append(f"{kind}: {error}")
        else:
            read[kind] = read.get(kind, 0) + 1
json.dump({"read": read, "errors": errors}, sys.stdout)
