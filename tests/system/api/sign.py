"""Signs a request with the Python package http-message-signatures, which knows nothing of timeoff.

Standard input: {"method", "url", "body", "private_key", "key_id", "created", "nonce", "cover", ...}
Standard output: the headers to send, as a JSON object.
"""

import datetime
import json
import sys
from types import SimpleNamespace

from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms


class Keys(HTTPSignatureKeyResolver):
    def __init__(self, pem):
        self.pem = pem.encode()

    def resolve_private_key(self, key_id):
        return self.pem


def main():
    wanted = json.load(sys.stdin)

    def when(name):
        seconds = wanted.get(name)
        return seconds and datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)

    request = SimpleNamespace(method=wanted["method"], url=wanted["url"], headers=dict(wanted["headers"]))
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=Keys(wanted["private_key"]))
    signer.sign(
        request,
        key_id=wanted["key_id"],
        created=when("created"),
        expires=when("expires"),
        nonce=wanted.get("nonce"),
        label=wanted.get("label"),
        tag=wanted.get("tag"),
        include_alg=wanted.get("include_alg", True),
        covered_component_ids=wanted["cover"],
        # The package takes the digest of the body, and covers it.
        body=wanted["body"].encode() if wanted["body"] else None,
    )
    json.dump(dict(request.headers), sys.stdout)


main()
