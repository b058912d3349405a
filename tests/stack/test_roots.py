"""Renewing the roots of Amazon RDS, from a server that hands out good and bad lists."""

import datetime
import http.server
import sys
import tempfile
import threading
import unittest
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "infra" / "rds"))
import roots  # noqa: E402

NOW = datetime.datetime.now(datetime.timezone.utc)


def root(name, years=30, issuer=None, ca=True):
    """A certificate as RDS's roots are, of a region that does not exist."""
    key = ec.generate_private_key(ec.SECP256R1())
    named = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    issued = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]) if issuer else named
    return (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(issued)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - datetime.timedelta(days=9000))
        .not_valid_after(NOW + datetime.timedelta(days=365 * years))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
        .decode()
    )


class Server(http.server.BaseHTTPRequestHandler):
    body = ""

    def do_GET(self):
        self.send_response(200 if self.body else 404)
        self.end_headers()
        self.wfile.write(self.body.encode())

    def log_message(self, *_):
        pass


class Refresh(unittest.TestCase):
    OURS = root("Amazon RDS xx-north-1 Root CA RSA2048 G1")

    @classmethod
    def setUpClass(cls):
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)

    def refresh(self, served):
        """What becomes of our list when this one is served."""
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "global-bundle.pem"
            target.write_text(self.OURS)
            Server.body = served
            try:
                _, new = roots.refresh(f"http://127.0.0.1:{self.server.server_port}/", target, NOW)
            except Exception:
                self.assertEqual(target.read_text(), self.OURS, "a refused list was written")
                raise
            finally:
                self.assertEqual([entry.name for entry in Path(folder).iterdir()], ["global-bundle.pem"])
            return [roots.name(entry) for entry in new], [roots.name(entry) for entry in roots.parse(target.read_text())]

    def test_new_roots_join_ours(self):
        new = root("Amazon RDS xx-south-1 Root CA RSA2048 G1")
        added, now = self.refresh(new + self.OURS)
        self.assertEqual(added, ["Amazon RDS xx-south-1 Root CA RSA2048 G1"])
        self.assertEqual(now, ["Amazon RDS xx-north-1 Root CA RSA2048 G1", "Amazon RDS xx-south-1 Root CA RSA2048 G1"])

    def test_what_is_no_use_is_left_out(self):
        others = [
            root("Amazon RDS xx-west-1 Root CA", years=-1),
            root("Amazon RDS Beta xx-west-1 Root CA"),
            root("Amazon RDS xx-west-1 CA", issuer="Amazon RDS xx-west-1 Root CA"),
            root("Somebody Else Root CA"),
        ]
        self.assertEqual(self.refresh("".join(others) + self.OURS), ([], ["Amazon RDS xx-north-1 Root CA RSA2048 G1"]))

    def refuses(self, served, because):
        with self.assertRaisesRegex((roots.Refused, OSError), because):
            self.refresh(served)

    def test_a_list_that_lost_one_of_ours(self):
        self.refuses(root("Amazon RDS xx-south-1 Root CA RSA2048 G1"), "are missing: Amazon RDS xx-north-1")

    def test_a_list_with_another_of_the_same_name(self):
        self.refuses(root("Amazon RDS xx-north-1 Root CA RSA2048 G1"), "are missing: Amazon RDS xx-north-1")

    def test_a_list_that_ends_soon(self):
        self.refuses(self.OURS + root("Amazon RDS xx-south-1 Root CA", years=0.5), "expire within a year: Amazon RDS xx-south-1")

    def test_a_list_that_was_cut_off(self):
        self.refuses(self.OURS + self.OURS[:300], "2 certificates begin, 1 are whole")

    def test_a_certificate_with_a_wrong_letter(self):
        self.refuses(self.OURS.replace("MII", "MIA", 1), "does not parse")

    def test_a_root_that_may_not_sign(self):
        self.refuses(self.OURS + root("Amazon RDS xx-south-1 Root CA", ca=False), "may not sign")

    def test_a_forged_root(self):
        body = root("Amazon RDS xx-south-1 Root CA").split("\n")
        # The last line is the end of the signature.
        body[-3] = body[-3][:-6] + ("AAAAA=" if body[-3].endswith("=") else "AAAAAA")
        self.refuses(self.OURS + "\n".join(body), "not signed by itself|does not parse")

    def test_a_page_instead_of_a_list(self):
        self.refuses("<html>", "0 certificates begin")

    def test_an_answer_that_is_an_error(self):
        self.refuses("", "404")


class Bundle(unittest.TestCase):
    def test_ours_is_a_good_one(self):
        text = roots.BUNDLE.read_text()
        listed = roots.parse(text)
        kept = roots.roots(listed, NOW)
        self.assertEqual(len(listed), len(kept), "expired, or no root")
        roots.judge({}, kept, NOW)
        self.assertGreaterEqual(len(kept), 81)
        regions = {roots.region(entry) for entry in listed}
        self.assertLessEqual({"us-east-1", "us-west-2", "eu-central-1", "eu-west-1", "ap-southeast-2", "sa-east-1"}, regions)
        for entry in listed:
            self.assertIn(f"# {roots.fingerprint(entry)}\n", text, "the comment is of another certificate")


if __name__ == "__main__":
    unittest.main()
