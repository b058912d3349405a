use ed25519_dalek::pkcs8::DecodePrivateKey;
use proptest::prelude::*;

use super::*;

/// RFC 9421, appendix B.1.4.
const TEST_KEY: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----";
const BODY: &[u8] = br#"{"hello": "world"}"#;

fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn key() -> SigningKey {
    SigningKey::from_pkcs8_pem(TEST_KEY).unwrap()
}

fn target(url: &str) -> Target {
    Target::from(&url::Url::parse(url).unwrap())
}

/// A request that a test can change before and after it is signed.
#[derive(Clone)]
struct Sent {
    method: String,
    target: Target,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Sent {
    fn to(url: &str, body: &[u8]) -> Self {
        Self {
            method: if body.is_empty() { "GET" } else { "POST" }.to_owned(),
            target: target(url),
            headers: HeaderMap::new(),
            body: body.to_vec(),
        }
    }

    fn signed(&self) -> Signed<'_> {
        Signed {
            method: &self.method,
            target: &self.target,
            headers: &self.headers,
            body: &self.body,
        }
    }

    /// Signs it as our own client does.
    fn by_us(mut self) -> Self {
        let headers = sign("key_1", &key(), &self.signed(), "n1", now()).unwrap();
        for (name, value) in headers {
            self.headers.insert(name, value.parse().unwrap());
        }
        self
    }

    /// Signs it with any Signature-Input whatever; the base is made here, by hand.
    fn with(mut self, input: &str, lines: &[(&str, &str)]) -> Self {
        let mut base: Vec<String> = lines
            .iter()
            .map(|(name, value)| format!("\"{name}\": {value}"))
            .collect();
        base.push(format!("\"@signature-params\": {input}"));
        let signature = key().sign(base.join("\n").as_bytes()).to_bytes().to_vec();
        let value = Dictionary::from([(word("s").unwrap(), Item::new(signature).into())]);
        self.set("signature-input", &format!("s={input}"));
        self.set("signature", &value.serialize().unwrap());
        self
    }

    fn set(&mut self, name: &'static str, value: &str) {
        self.headers.insert(name, value.parse().unwrap());
    }

    fn verdict(&self, now: Timestamp) -> Result<Claim, Refused> {
        let claim = Claim::read(&self.signed(), now)?;
        claim.check(&key().verifying_key())?;
        Ok(claim)
    }

    fn code(&self) -> &'static str {
        self.verdict(now())
            .map_or_else(|refused| refused.code(), |_| "accepted")
    }
}

const URL: &str = "https://off.example/api/leaves?state=failed";

#[test]
fn the_example_of_the_standard_is_verified() {
    // RFC 9421, appendix B.2.6.
    let mut sent = Sent::to("https://example.com/foo?param=Value&Pet=dog", BODY);
    for (name, value) in [
        ("host", "example.com"),
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("content-type", "application/json"),
        (
            "content-digest",
            "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
        ),
        ("content-length", "18"),
    ] {
        sent.set(name, value);
    }
    let input = r#"sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#;
    let (_, ListEntry::InnerList(input)) = single("signature-input", input).unwrap() else {
        panic!("not a list");
    };
    let base = base(&sent.signed(), &covered(&input).unwrap(), &input).unwrap();
    insta::assert_snapshot!(base, @r#"
    "date": Tue, 20 Apr 2021 02:07:55 GMT
    "@method": POST
    "@path": /foo
    "@authority": example.com
    "content-type": application/json
    "content-length": 18
    "@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"
    "#);
    let expected = "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:";
    let (_, ListEntry::Item(item)) = single("signature", expected).unwrap() else {
        panic!("not an item");
    };
    let signature = Signature::from_slice(item.bare_item.as_byte_sequence().unwrap()).unwrap();
    key()
        .verifying_key()
        .verify_strict(base.as_bytes(), &signature)
        .unwrap();
    assert_eq!(check_digest(&sent.signed(), true), Ok(()));
    // As a request of this API it lacks what this API asks for.
    sent.set(
        "signature-input",
        &format!(
            "sig-b26={}",
            List::from([input.into()]).serialize().unwrap()
        ),
    );
    sent.set("signature", expected);
    assert_eq!(sent.code(), "component_missing");
}

#[test]
fn what_our_client_signs_is_accepted() {
    for body in [&b""[..], BODY] {
        let claim = Sent::to(URL, body).by_us().verdict(now()).unwrap();
        assert_eq!(
            (claim.key_id.as_str(), claim.nonce.as_str()),
            ("key_1", "n1")
        );
        assert_eq!(claim.usable_until, now() + WINDOW);
    }
}

#[test]
fn everything_a_client_may_cover_is_covered() {
    let mut sent = Sent::to("http://Host.example:8080/api/leaves?", b"");
    sent.headers.append("x-odd", " a ".parse().unwrap());
    sent.headers.append("x-odd", "b,  c".parse().unwrap());
    let sent = sent.with(
        r#"("@method" "@target-uri" "@authority" "@scheme" "@path" "@query" "@request-target" "x-odd");created=1772442000;nonce="n";keyid="key_1";alg="ed25519";tag="x";expires=1772442001"#,
        &[
            ("@method", "GET"),
            ("@target-uri", "http://host.example:8080/api/leaves?"),
            ("@authority", "host.example:8080"),
            ("@scheme", "http"),
            ("@path", "/api/leaves"),
            ("@query", "?"),
            ("@request-target", "/api/leaves?"),
            ("x-odd", "a, b,  c"),
        ],
    );
    assert_eq!(sent.code(), "accepted");
}

#[test]
fn each_thing_that_is_missing_or_wrong_has_its_code() {
    let good = r#"("@method" "@target-uri");created=1772442000;nonce="n";keyid="key_1""#;
    let with =
        |input: &str| Sent::to(URL, b"").with(input, &[("@method", "GET"), ("@target-uri", URL)]);
    assert_eq!(with(good).code(), "accepted");
    let covering = |list: &str| with(&good.replace(r#"("@method" "@target-uri")"#, list));
    let replaced = |from: &str, to: &str| {
        assert!(good.contains(from));
        with(&good.replace(from, to))
    };
    let cases = [
        ("no created", replaced(";created=1772442000", "")),
        (
            "created is text",
            replaced("=1772442000", "=\"1772442000\""),
        ),
        (
            "created is a fraction",
            replaced("=1772442000", "=1772442000.5"),
        ),
        (
            "created beyond time",
            replaced("=1772442000", "=999999999999999"),
        ),
        ("no nonce", replaced(";nonce=\"n\"", "")),
        ("empty nonce", replaced("nonce=\"n\"", "nonce=\"\"")),
        ("nonce is a number", replaced("nonce=\"n\"", "nonce=7")),
        (
            "long nonce",
            replaced("nonce=\"n\"", &format!("nonce=\"{}\"", "n".repeat(201))),
        ),
        ("no keyid", replaced(";keyid=\"key_1\"", "")),
        ("keyid is a word", replaced("=\"key_1\"", "=key_1")),
        (
            "other algorithm",
            replaced(";keyid", ";alg=\"hmac-sha256\";keyid"),
        ),
        (
            "algorithm is a word",
            replaced(";keyid", ";alg=ed25519;keyid"),
        ),
        (
            "expired by itself",
            replaced(";keyid", ";expires=1772442000;keyid"),
        ),
        (
            "expires is text",
            replaced(";keyid", ";expires=\"x\";keyid"),
        ),
        ("no method", covering(r#"("@target-uri")"#)),
        ("no target", covering(r#"("@method")"#)),
        ("nothing", covering("()")),
        ("twice", covering(r#"("@method" "@method" "@target-uri")"#)),
        ("a word", covering("(method)")),
        (
            "with a parameter",
            covering(r#"("@method" "@target-uri";req)"#),
        ),
        (
            "a query parameter",
            covering(r#"("@method" "@target-uri" "@query-param";name="state")"#),
        ),
        (
            "a status",
            covering(r#"("@method" "@target-uri" "@status")"#),
        ),
        (
            "a header that is not there",
            covering(r#"("@method" "@target-uri" "date")"#),
        ),
        ("capitals", covering(r#"("@method" "@target-uri" "Date")"#)),
        (
            "not what was signed",
            covering(r#"("@target-uri" "@method")"#),
        ),
    ];
    let codes: Vec<String> = cases
        .iter()
        .map(|(what, sent)| format!("{what}: {}", sent.code()))
        .collect();
    insta::assert_snapshot!(codes.join("\n"), @"
    no created: created_missing
    created is text: signature_malformed
    created is a fraction: signature_malformed
    created beyond time: signature_expired
    no nonce: nonce_missing
    empty nonce: nonce_missing
    nonce is a number: signature_malformed
    long nonce: signature_malformed
    no keyid: keyid_missing
    keyid is a word: signature_malformed
    other algorithm: algorithm_unsupported
    algorithm is a word: algorithm_unsupported
    expired by itself: signature_expired
    expires is text: signature_malformed
    no method: component_missing
    no target: component_missing
    nothing: component_missing
    twice: signature_malformed
    a word: signature_malformed
    with a parameter: component_unsupported
    a query parameter: component_unsupported
    a status: component_unsupported
    a header that is not there: component_unsupported
    capitals: component_unsupported
    not what was signed: signature_invalid
    ");
}

#[test]
fn odd_headers_are_refused_with_a_reason() {
    let good = Sent::to(URL, b"").by_us();
    let input = good.headers["signature-input"].to_str().unwrap().to_owned();
    let signature = good.headers["signature"].to_str().unwrap().to_owned();
    let changed = |name: &'static str, value: &str| {
        let mut sent = good.clone();
        sent.set(name, value);
        sent
    };
    let without = |name: &str| {
        let mut sent = good.clone();
        sent.headers.remove(name);
        sent
    };
    let twice = |name: &'static str| {
        let mut sent = good.clone();
        let value = sent.headers[name].clone();
        sent.headers.append(name, value);
        sent
    };
    let mut binary = good.clone();
    binary.headers.insert(
        "signature",
        axum::http::HeaderValue::from_bytes(b"s=:\xff\xfe:").unwrap(),
    );
    let other = |value: &str| value.replacen("timeoff", "other", 1);
    let cases = [
        ("no signature", without("signature")),
        ("no input", without("signature-input")),
        ("signature twice", twice("signature")),
        ("input twice", twice("signature-input")),
        ("another label", changed("signature", &other(&signature))),
        (
            "two labels",
            changed("signature-input", &format!("{input}, {}", other(&input))),
        ),
        (
            "two signatures",
            changed("signature", &format!("{signature}, {}", other(&signature))),
        ),
        ("empty", changed("signature", "")),
        ("garbage", changed("signature-input", "((((;;;===\"")),
        ("a number", changed("signature-input", "timeoff=1")),
        ("a text", changed("signature", "timeoff=\"abc\"")),
        ("short", changed("signature", "timeoff=:AAAA:")),
        ("no base64", changed("signature", "timeoff=:?:")),
        ("a list", changed("signature", "timeoff=(:AAAA:)")),
        ("binary", binary),
    ];
    let said: Vec<String> = cases
        .iter()
        .map(|(what, sent)| {
            let refused = sent.verdict(now()).unwrap_err();
            format!("{what}: {}: {refused}", refused.code())
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"), @"
    no signature: signature_missing: The request is not signed. Sign it with a key of timeoff (RFC 9421, ed25519): it needs the headers Signature-Input and Signature. `timeoff keys add NAME` makes a key.
    no input: signature_missing: The request is not signed. Sign it with a key of timeoff (RFC 9421, ed25519): it needs the headers Signature-Input and Signature. `timeoff keys add NAME` makes a key.
    signature twice: signature_malformed: The signature cannot be read: the header signature is there twice. See RFC 9421, section 4.
    input twice: signature_malformed: The signature cannot be read: the header signature-input is there twice. See RFC 9421, section 4.
    another label: signature_malformed: The signature cannot be read: Signature and Signature-Input have different labels. See RFC 9421, section 4.
    two labels: signature_malformed: The signature cannot be read: the header signature-input has 2 signatures and must have one. See RFC 9421, section 4.
    two signatures: signature_malformed: The signature cannot be read: the header signature has 2 signatures and must have one. See RFC 9421, section 4.
    empty: signature_malformed: The signature cannot be read: the header signature has 0 signatures and must have one. See RFC 9421, section 4.
    garbage: signature_malformed: The signature cannot be read: the header signature-input: expected start of key ('a'-'z' or '*') at index 0. See RFC 9421, section 4.
    a number: signature_malformed: The signature cannot be read: Signature-Input is not a list of components. See RFC 9421, section 4.
    a text: signature_malformed: The signature cannot be read: Signature is not 64 bytes in base64 between colons. See RFC 9421, section 4.
    short: signature_malformed: The signature cannot be read: Signature is not 64 bytes in base64 between colons. See RFC 9421, section 4.
    no base64: signature_malformed: The signature cannot be read: the header signature: invalid byte sequence at index 9. See RFC 9421, section 4.
    a list: signature_malformed: The signature cannot be read: Signature is not 64 bytes in base64 between colons. See RFC 9421, section 4.
    binary: signature_malformed: The signature cannot be read: the header signature is not ASCII. See RFC 9421, section 4.
    ");
}

#[test]
fn five_minutes_either_way() {
    let sent = Sent::to(URL, b"").by_us();
    for (seconds, code) in [
        (-301, "signature_expired"),
        (-300, "accepted"),
        (300, "accepted"),
        (301, "signature_expired"),
        (86_400, "signature_expired"),
    ] {
        let at = now() + SignedDuration::from_secs(seconds);
        let found = sent
            .verdict(at)
            .map_or_else(|refused| refused.code(), |_| "accepted");
        assert_eq!(found, code, "{seconds} s later");
    }
    let late = sent.verdict(now() + SignedDuration::from_mins(10));
    insta::assert_snapshot!(late.unwrap_err(), @"The signature is for 2026-03-02T09:00:00Z, and here it is 2026-03-02T09:10:00Z: timeoff accepts 5 minutes either way, and not after `expires`. Sign each request anew, and check the clock.");
}

#[test]
fn the_digest_must_be_there_be_signed_and_be_right() {
    let lines = [("@method", "POST"), ("@target-uri", URL)];
    let bare = r#"("@method" "@target-uri");created=1772442000;nonce="n";keyid="key_1""#;
    assert_eq!(
        Sent::to(URL, BODY).with(bare, &lines).code(),
        "digest_missing"
    );
    let sha256 = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
    let sha512 = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
    let both = format!("{sha256}, {sha512}");
    let wrong = format!("{sha256}, {}", sha512.replace("WZDP", "AAAA"));
    for (digest, code) in [
        (sha256, "accepted"),
        (sha512, "accepted"),
        (both.as_str(), "accepted"),
        (wrong.as_str(), "digest_mismatch"),
        ("md5=:AAAA:", "digest_missing"),
        ("sha-256=\"X48E9\"", "digest_mismatch"),
        ("sha-256=(:AAAA:)", "digest_mismatch"),
        ("???", "digest_missing"),
    ] {
        let mut sent = Sent::to(URL, BODY);
        sent.set("content-digest", digest);
        // There, but not signed.
        let expected = if code == "accepted" {
            "component_missing"
        } else {
            code
        };
        assert_eq!(sent.clone().with(bare, &lines).code(), expected, "{digest}");
        let input = bare.replace("uri\"", "uri\" \"content-digest\"");
        let lines = [lines[0], lines[1], ("content-digest", digest)];
        assert_eq!(sent.with(&input, &lines).code(), code, "{digest}");
    }
    // Without a body none is needed, but one that is there must be that of nothing.
    let mut sent = Sent::to(URL, b"");
    sent.set("content-digest", sha256);
    let lines = [("@method", "GET"), ("@target-uri", URL)];
    assert_eq!(sent.with(bare, &lines).code(), "digest_mismatch");
}

#[test]
fn another_key_and_a_weak_key_are_refused() {
    let claim = Claim::read(&Sent::to(URL, b"").by_us().signed(), now()).unwrap();
    let other = SigningKey::from_bytes(&[7; 32]).verifying_key();
    assert_eq!(claim.check(&other).unwrap_err().code(), "signature_invalid");
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let weak = VerifyingKey::from_bytes(&neutral).unwrap();
    assert_eq!(claim.check(&weak).unwrap_err().code(), "signature_invalid");
}

proptest! {
    // Signing is slow without optimization.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_request_is_verified_as_it_was_signed_and_in_no_other_form(
        path in "/[a-z0-9/._~%-]{0,20}",
        query in proptest::option::of("[a-z0-9=&%_.-]{0,20}"),
        body in proptest::collection::vec(any::<u8>(), 0..64),
        nonce in "[ -~]{1,40}",
        at in any::<prop::sample::Index>(),
        flip in 1u8..=255,
    ) {
        let mut sent = Sent::to("https://off.example/", &body);
        sent.target.path = path;
        sent.target.query = query;
        let headers = sign("key_1", &key(), &sent.signed(), &nonce, now()).unwrap();
        for (name, value) in headers {
            sent.headers.insert(name, value.parse().unwrap());
        }
        let claim = sent.verdict(now()).unwrap();
        prop_assert_eq!(&claim.nonce, &nonce);

        let mut changed = sent.clone();
        changed.target.path.push('x');
        prop_assert_eq!(changed.code(), "signature_invalid");
        let mut changed = sent.clone();
        changed.method = "DELETE".to_owned();
        prop_assert_eq!(changed.code(), "signature_invalid");
        let mut changed = sent.clone();
        changed.target.authority = "off.example:8443".to_owned();
        prop_assert_eq!(changed.code(), "signature_invalid");
        if !body.is_empty() {
            let mut changed = sent.clone();
            let at = at.index(body.len());
            changed.body[at] ^= flip;
            prop_assert_eq!(changed.code(), "digest_mismatch");
        }
    }

    #[test]
    fn no_header_makes_it_panic(
        input in proptest::collection::vec(any::<u8>(), 0..80),
        structured in "[a-z]{1,3}=(\\((\"[@a-z-]{0,12}\"(;[a-z]{1,3})? ?){0,4}\\)|:[A-Za-z0-9+/=]{0,96}:)(;[a-z]{1,7}=(\"[ -~]{0,8}\"|-?[0-9]{1,15}|[a-z]+)){0,4}",
        digest in "[ -~]{0,40}",
    ) {
        let odd = |bytes: &[u8]| axum::http::HeaderValue::from_bytes(bytes).ok();
        let mut sent = Sent::to(URL, BODY);
        for value in [odd(&input), odd(structured.as_bytes())].into_iter().flatten() {
            for name in ["signature-input", "signature"] {
                sent.headers.insert(name, value.clone());
                sent.headers.insert("content-digest", odd(digest.as_bytes()).unwrap());
                prop_assert!(sent.verdict(now()).is_err());
            }
        }
    }
}
