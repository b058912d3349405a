//! HTTP Message Signatures, RFC 9421, as far as this API needs them: one signature by `ed25519`
//! over the method, the target URI and, where there is a body, its digest (RFC 9530).
//!
//! Everything here is a function of its arguments. [`super::caller`] adds what needs a database:
//! whose key it is, and whether the nonce is new.

use axum::http::HeaderMap;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use jiff::{SignedDuration, Timestamp};
use sfv::{
    BareItem, Dictionary, FieldType, InnerList, Item, Key, List, ListEntry, Parameters, Parser,
};
use sha2::{Digest, Sha256, Sha512};

use super::refused::Refused;
use super::target::Target;

/// How far `created` may be from now, either way.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(5);

const SIGNATURE: &str = "signature";
const SIGNATURE_INPUT: &str = "signature-input";
const CONTENT_DIGEST: &str = "content-digest";
const METHOD: &str = "@method";
const TARGET_URI: &str = "@target-uri";
/// The longest nonce that is kept, in characters.
const LONGEST_NONCE: usize = 200;
const LONGEST_KEY_ID: usize = 100;

/// A request, as far as a signature covers it.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The address that the client used.
    pub target: &'a Target,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body's bytes.
    pub body: &'a [u8],
}

/// What a request says of its signature; true once [`Claim::check`] says so.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Whose signature it is.
    pub key_id: String,
    /// What makes the request different from every other.
    pub nonce: String,
    /// From then on the signature is refused, whatever becomes of its nonce.
    pub usable_until: Timestamp,
    base: String,
    signature: Signature,
    target: String,
}

impl Claim {
    /// Reads the signature of a request and checks all that can be checked without the key.
    pub fn read(request: &Signed<'_>, now: Timestamp) -> Result<Self, Refused> {
        let (Some(input), Some(signature)) = (
            only(request.headers, SIGNATURE_INPUT)?,
            only(request.headers, SIGNATURE)?,
        ) else {
            return Err(Refused::SignatureMissing);
        };
        let (label, input) = single(SIGNATURE_INPUT, input)?;
        let ListEntry::InnerList(input) = input else {
            return Err(malformed("Signature-Input is not a list of components"));
        };
        let (signed_label, signature) = single(SIGNATURE, signature)?;
        if label != signed_label {
            return Err(malformed(
                "Signature and Signature-Input have different labels",
            ));
        }
        let signature = match &signature {
            ListEntry::Item(item) => item.bare_item.as_byte_sequence(),
            ListEntry::InnerList(_) => None,
        };
        let signature = signature
            .and_then(|bytes| Signature::from_slice(bytes).ok())
            .ok_or_else(|| malformed("Signature is not 64 bytes in base64 between colons"))?;

        let covered = covered(&input)?;
        for needed in [METHOD, TARGET_URI] {
            if !covered.contains(&needed) {
                return Err(Refused::ComponentMissing(if needed == METHOD {
                    "\"@method\""
                } else {
                    "\"@target-uri\""
                }));
            }
        }
        let parameters = Given::read(&input.params)?;
        let usable_until = parameters.usable_until(now)?;
        check_digest(request, covered.contains(&CONTENT_DIGEST))?;
        Ok(Self {
            base: base(request, &covered, &input)?,
            key_id: parameters.key_id,
            nonce: parameters.nonce,
            usable_until,
            signature,
            target: request.target.to_string(),
        })
    }

    /// Whether the key made this signature of this request.
    pub fn check(&self, key: &VerifyingKey) -> Result<(), Refused> {
        key.verify_strict(self.base.as_bytes(), &self.signature)
            .map_err(|_| Refused::SignatureInvalid(self.target.clone()))
    }
}

/// Signs a request: the headers to send with it.
pub fn sign(
    key_id: &str,
    key: &SigningKey,
    request: &Signed<'_>,
    nonce: &str,
    created: Timestamp,
) -> Result<Vec<(&'static str, String)>, Unsignable> {
    let mut headers = request.headers.clone();
    let mut sent = Vec::new();
    let mut covered = vec![METHOD, TARGET_URI];
    if !request.body.is_empty() {
        let digest = Dictionary::from([(
            word("sha-256")?,
            Item::new(Sha256::digest(request.body).to_vec()).into(),
        )])
        .serialize()
        .ok_or(Unsignable)?;
        headers.insert(CONTENT_DIGEST, digest.parse().map_err(|_| Unsignable)?);
        sent.push((CONTENT_DIGEST, digest));
        covered.push(CONTENT_DIGEST);
    }
    let items = covered.iter().map(|name| text(name).map(Item::new));
    let created = sfv::Integer::try_from(created.as_second()).map_err(|_| Unsignable)?;
    let input = InnerList::with_params(
        items.collect::<Result<_, _>>()?,
        Parameters::from([
            (word("created")?, created.into()),
            (word("keyid")?, text(key_id)?),
            (word("alg")?, text("ed25519")?),
            (word("nonce")?, text(nonce)?),
        ]),
    );
    let signed = Signed {
        headers: &headers,
        ..*request
    };
    let base = base(&signed, &covered, &input).map_err(|_| Unsignable)?;
    let signature = key.sign(base.as_bytes()).to_bytes().to_vec();
    let header = |entry: ListEntry| {
        Dictionary::from([(word("timeoff")?, entry)])
            .serialize()
            .ok_or(Unsignable)
    };
    sent.push((SIGNATURE_INPUT, header(input.into())?));
    sent.push((SIGNATURE, header(Item::new(signature).into())?));
    Ok(sent)
}

/// A key id or nonce that cannot stand in a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key id or nonce has characters that cannot be in a header")]
pub struct Unsignable;

fn word(name: &str) -> Result<Key, Unsignable> {
    Key::from_string(name.to_owned()).map_err(|_| Unsignable)
}

fn text(value: &str) -> Result<BareItem, Unsignable> {
    sfv::String::from_string(value.to_owned())
        .map(BareItem::String)
        .map_err(|_| Unsignable)
}

fn malformed(why: &str) -> Refused {
    Refused::SignatureMalformed(format!("{why}. See RFC 9421, section 4."))
}

/// The value of a header that may be there once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Refused> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(malformed(&format!("the header {name} is there twice")));
    }
    value
        .to_str()
        .map(Some)
        .map_err(|_| malformed(&format!("the header {name} is not ASCII")))
}

/// The one member of a header that is a dictionary.
fn single(name: &str, value: &str) -> Result<(Key, ListEntry), Refused> {
    let members: Dictionary = Parser::new(value)
        .parse()
        .map_err(|error| malformed(&format!("the header {name}: {error}")))?;
    let count = members.len();
    let mut members = members.into_iter();
    match (members.next(), members.next()) {
        (Some(member), None) => Ok(member),
        _ => Err(malformed(&format!(
            "the header {name} has {count} signatures and must have one"
        ))),
    }
}

/// The names of what is covered, each once and without parameters.
fn covered(input: &InnerList) -> Result<Vec<&str>, Refused> {
    let mut names = Vec::with_capacity(input.items.len());
    for item in &input.items {
        let Some(name) = item.bare_item.as_string().map(sfv::StringRef::as_str) else {
            return Err(malformed("a component is not a name between quotes"));
        };
        if !item.params.is_empty() {
            let shown = item.serialize();
            return Err(Refused::ComponentUnsupported(format!(
                "{shown}, with parameters, which timeoff does not check"
            )));
        }
        if names.contains(&name) {
            return Err(malformed(&format!(
                "the component \"{name}\" is there twice"
            )));
        }
        names.push(name);
    }
    Ok(names)
}

/// The parameters of a signature.
struct Given {
    created: i64,
    expires: Option<i64>,
    key_id: String,
    nonce: String,
}

impl Given {
    fn read(parameters: &Parameters) -> Result<Self, Refused> {
        let text = |name: &str, missing: Refused, longest: usize| match parameters.get(name) {
            None => Err(missing),
            Some(value) => match value.as_string().map(sfv::StringRef::as_str) {
                Some("") => Err(missing),
                Some(text) if text.len() <= longest => Ok(text.to_owned()),
                Some(_) => Err(malformed(&format!(
                    "the parameter {name} has more than {longest} characters"
                ))),
                None => Err(malformed(&format!(
                    "the parameter {name} is not a text between quotes"
                ))),
            },
        };
        let seconds = |name: &str| match parameters.get(name) {
            None => Ok(None),
            Some(BareItem::Integer(seconds)) => Ok(Some(i64::from(*seconds))),
            Some(_) => Err(malformed(&format!(
                "the parameter {name} is not a number of seconds"
            ))),
        };
        if let Some(algorithm) = parameters.get("alg") {
            let algorithm = algorithm.as_string().map_or("", sfv::StringRef::as_str);
            if algorithm != "ed25519" {
                return Err(Refused::AlgorithmUnsupported(algorithm.to_owned()));
            }
        }
        Ok(Self {
            created: seconds("created")?.ok_or(Refused::CreatedMissing)?,
            expires: seconds("expires")?,
            nonce: text("nonce", Refused::NonceMissing, LONGEST_NONCE)?,
            key_id: text("keyid", Refused::KeyMissing, LONGEST_KEY_ID)?,
        })
    }

    /// Until when the signature is accepted, if it is now.
    fn usable_until(&self, now: Timestamp) -> Result<Timestamp, Refused> {
        let expired = |seconds: i64| Refused::SignatureExpired {
            made: Timestamp::from_second(seconds)
                .map_or_else(|_| format!("second {seconds}"), |at| at.to_string()),
            now,
        };
        let created = Timestamp::from_second(self.created).map_err(|_| expired(self.created))?;
        if now.duration_since(created).abs() > WINDOW {
            return Err(expired(self.created));
        }
        if let Some(expires) = self.expires {
            let ends = Timestamp::from_second(expires).map_err(|_| expired(expires))?;
            if ends <= now {
                return Err(expired(expires));
            }
        }
        created
            .checked_add(WINDOW)
            .map_err(|_| expired(self.created))
    }
}

/// The digest must be there for a body, and must be right wherever it is.
fn check_digest(request: &Signed<'_>, covered: bool) -> Result<(), Refused> {
    let values: Option<Vec<&str>> = request
        .headers
        .get_all(CONTENT_DIGEST)
        .iter()
        .map(|value| value.to_str().ok())
        .collect();
    let Some(value) = values.map(|values| values.join(", ")) else {
        return Err(Refused::DigestMissing);
    };
    if value.is_empty() && request.body.is_empty() {
        return Ok(());
    }
    let digests: Dictionary = Parser::new(&value)
        .parse()
        .map_err(|_| Refused::DigestMissing)?;
    let mut known = false;
    for (name, digest) in &digests {
        let expected = match name.as_str() {
            "sha-256" => Sha256::digest(request.body).to_vec(),
            "sha-512" => Sha512::digest(request.body).to_vec(),
            _ => continue,
        };
        known = true;
        let given = match digest {
            ListEntry::Item(item) => item.bare_item.as_byte_sequence(),
            ListEntry::InnerList(_) => None,
        };
        if given != Some(expected.as_slice()) {
            return Err(Refused::DigestMismatch);
        }
    }
    if !known {
        return Err(Refused::DigestMissing);
    }
    if !covered && !request.body.is_empty() {
        return Err(Refused::ComponentMissing("\"content-digest\""));
    }
    Ok(())
}

/// The signature base, RFC 9421 section 2.5.
fn base(request: &Signed<'_>, covered: &[&str], input: &InnerList) -> Result<String, Refused> {
    let mut lines = covered
        .iter()
        .map(|name| Ok(format!("\"{name}\": {}", component(request, name)?)))
        .collect::<Result<Vec<String>, Refused>>()?;
    // A list of one inner list is written like that inner list.
    let parameters = List::from([input.clone().into()])
        .serialize()
        .unwrap_or_default();
    lines.push(format!("\"@signature-params\": {parameters}"));
    Ok(lines.join("\n"))
}

fn component(request: &Signed<'_>, name: &str) -> Result<String, Refused> {
    let target = request.target;
    Ok(match name {
        METHOD => request.method.to_owned(),
        TARGET_URI => target.to_string(),
        "@authority" => target.authority.clone(),
        "@scheme" => target.scheme.clone(),
        "@path" => target.path.clone(),
        "@query" => format!("?{}", target.query.as_deref().unwrap_or_default()),
        "@request-target" => target.path_and_query(),
        derived if derived.starts_with('@') => {
            return Err(Refused::ComponentUnsupported(format!(
                "\"{derived}\", which timeoff does not check"
            )));
        }
        field => {
            let lines: Option<Vec<&str>> = request
                .headers
                .get_all(field)
                .iter()
                .map(|line| line.to_str().ok().map(str::trim))
                .collect();
            match lines {
                Some(lines) if !lines.is_empty() => lines.join(", "),
                _ => {
                    return Err(Refused::ComponentUnsupported(format!(
                        "the header \"{field}\", which is not in the request or is not ASCII"
                    )));
                }
            }
        }
    })
}

#[cfg(test)]
mod tests;
