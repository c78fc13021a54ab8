"""Messages that only the browser can read: the standard's own example, and another program."""

import base64
import os

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtkern.kernel.push.encryption import encrypt, point_of

# RFC 8291, appendix A.
EXAMPLE = {
    "text": b"When I grow up, I want to be a watermelon",
    "own": "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
    "public": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "secret": "BTBZMqHH6r4Tts7J_aSIgg",
    "salt": "DGv6ra1nlYgDCS1FRnbzlw",
    "body": "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
}  # fmt: skip


def data(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_example_of_the_standard_comes_out_to_the_byte():
    own = ec.derive_private_key(int.from_bytes(data(EXAMPLE["own"]), "big"), ec.SECP256R1())
    body = encrypt(EXAMPLE["text"], data(EXAMPLE["public"]), data(EXAMPLE["secret"]),
                   salt=data(EXAMPLE["salt"]), own=own, step=0)  # fmt: skip
    assert body == data(EXAMPLE["body"])


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=3993))
def test_another_program_reads_what_was_written(text):
    theirs, secret = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    body = encrypt(text, point_of(theirs), secret)
    assert len(body) <= 4096
    read = http_ece.decrypt(body, private_key=theirs, auth_secret=secret, version="aes128gcm")
    assert read == text


def test_what_cannot_be_sent_is_refused():
    theirs = point_of(ec.generate_private_key(ec.SECP256R1()))
    for text, public, secret in ((b"x" * 3994, theirs, b"s" * 16), (b"x", b"\4" * 65, b"s" * 16),
                                 (b"x", theirs, b"short")):  # fmt: skip
        with pytest.raises(ValueError, match=r"\w"):
            encrypt(text, public, secret)
