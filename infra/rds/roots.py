"""The root certificates of Amazon RDS that are compiled into the functions: fetched, judged, written.

They decide whom the functions send their database token to, so a list that looks wrong replaces nothing: what does not parse or is no
root of Amazon RDS, a list without a root that we trust today, one that is about to expire. Certificates that have expired, and
those of AWS's own test regions, are left out.
"""

import argparse
import datetime
import os
import re
import ssl
import sys
import tempfile
import urllib.request
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

BUNDLE = Path(__file__).with_name("global-bundle.pem")
SOURCE = "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem"
# Long enough to notice, deploy and have the databases turned over; today's roots live until 2061 and longer.
WARNING = datetime.timedelta(days=365)
PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


class Refused(Exception):
    """Why a list does not replace ours."""


def name(certificate):
    """The common name: “Amazon RDS eu-west-1 Root CA RSA2048 G1”."""
    return certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value


def fingerprint(certificate):
    return certificate.fingerprint(hashes.SHA256()).hex()


def region(certificate):
    """The region whose databases a root vouches for."""
    return name(certificate).split()[2]


def parse(text):
    """Every certificate of a list, in its order; one that does not parse refuses the list."""
    found = PEM.findall(text)
    if not found or len(found) != text.count("-----BEGIN"):
        raise Refused(f"{text.count('-----BEGIN')} certificates begin, {len(found)} are whole")
    try:
        return [x509.load_pem_x509_certificate(pem.encode()) for pem in found]
    except ValueError as error:
        raise Refused(f"a certificate does not parse: {error}") from error


def roots(certificates, now):
    """Those we would trust: roots of public regions that are still valid."""
    kept = {}
    for certificate in certificates:
        if certificate.not_valid_after_utc <= now or certificate.subject != certificate.issuer:
            continue
        if not name(certificate).startswith("Amazon RDS ") or region(certificate) in ("Beta", "Preview"):
            continue
        try:
            certificate.verify_directly_issued_by(certificate)
        except (InvalidSignature, ValueError, TypeError) as error:
            raise Refused(f"{name(certificate)} is not signed by itself") from error
        if not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            raise Refused(f"{name(certificate)} may not sign")
        kept[fingerprint(certificate)] = certificate
    return kept


def judge(ours, theirs, now):
    """Refuses a list of roots that should not replace ours."""
    lost = [certificate for key, certificate in ours.items() if key not in theirs]
    if lost:
        raise Refused("roots that we trust are missing: " + ", ".join(sorted(map(name, lost))))
    if not theirs:
        raise Refused("there is no root of Amazon RDS in it")
    ending = [certificate for certificate in theirs.values() if certificate.not_valid_after_utc <= now + WARNING]
    if ending:
        raise Refused("roots that expire within a year: " + ", ".join(sorted(map(name, ending))))


def write(target, certificates):
    """Replaces the file at once; whoever reads it sees the old list or the new one."""
    lines = []
    for certificate in sorted(certificates, key=name):
        lines += [f"# {name(certificate)}, until {certificate.not_valid_after_utc:%Y-%m-%d}", f"# {fingerprint(certificate)}"]
        lines.append(certificate.public_bytes(Encoding.PEM).decode())
    with tempfile.NamedTemporaryFile("w", dir=target.parent, delete=False) as file:
        file.write("\n".join(lines))
    os.chmod(file.name, 0o644)
    os.replace(file.name, target)


def refresh(source, target, now):
    """Fetches the list and writes the roots; returns how many there were and those that are new."""
    with urllib.request.urlopen(source, timeout=30, context=ssl.create_default_context()) as answer:
        text = answer.read().decode("ascii")
    ours = roots(parse(target.read_text()), now) if target.exists() else {}
    theirs = roots(parse(text), now)
    judge(ours, theirs, now)
    write(target, theirs.values())
    return len(ours), [theirs[key] for key in theirs.keys() - ours.keys()]


def main():
    arguments = argparse.ArgumentParser(description="Renews the roots that the functions trust when they connect to RDS.")
    arguments.add_argument("--source", default=SOURCE, help="where AWS's list is (%(default)s)")
    arguments.add_argument("--target", default=BUNDLE, type=Path, help="the file to replace (%(default)s)")
    chosen = arguments.parse_args()
    try:
        before, new = refresh(chosen.source, chosen.target, datetime.datetime.now(datetime.timezone.utc))
    except (Refused, OSError, UnicodeDecodeError) as error:
        sys.exit(f"{chosen.target} stays as it is: {error}")
    print(f"{chosen.target}: {before} roots before, {before + len(new)} now")
    for certificate in sorted(new, key=name):
        print(f"  new: {name(certificate)}")


if __name__ == "__main__":
    main()
