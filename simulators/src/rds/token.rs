//! The tokens of IAM database authentication: a URL that AWS Signature Version 4 signs, without
//! its scheme.
//!
//! What a token is: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html>.
//! How it is signed: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::AccessKey;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// A token lives 15 minutes at most.
const LIFE: i64 = 15 * 60;
/// How far ahead the signer's clock may be.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// What a token has to be for.
pub(super) struct Expected<'a> {
    /// `host:port` as clients name it.
    pub server: String,
    pub region: &'a str,
    pub user: &'a str,
    pub now: Timestamp,
    pub keys: &'a BTreeMap<String, AccessKey>,
}

/// Checks a token. The error says what is wrong with it, which PostgreSQL does not tell a client.
pub(super) fn check(token: &str, expected: &Expected<'_>) -> Result<(), String> {
    let (server, query) = token
        .split_once("/?")
        .ok_or("it is no URL of the form host:port/?…")?;
    if server != expected.server {
        return Err(format!("it is for {server}, not for {}", expected.server));
    }
    let mut parameters: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let signature = take(&mut parameters, "X-Amz-Signature")?;
    let read = |name: &str| {
        let value = parameters.iter().find(|(key, _)| key == name);
        value
            .map(|(_, value)| value.as_str())
            .ok_or_else(|| format!("{name} is missing"))
    };
    let demand = |name: &str, wanted: &str| match read(name)? {
        value if value == wanted => Ok(()),
        value => Err(format!("{name} is {value}, not {wanted}")),
    };
    demand("Action", "connect")?;
    demand("DBUser", expected.user)?;
    demand("X-Amz-Algorithm", ALGORITHM)?;
    demand("X-Amz-SignedHeaders", "host")?;

    let (key_id, scope) = read("X-Amz-Credential")?
        .split_once('/')
        .ok_or("X-Amz-Credential has no scope")?;
    let date = read("X-Amz-Date")?;
    let day = date.get(..8).unwrap_or_default();
    let wanted = format!("{day}/{}/rds-db/aws4_request", expected.region);
    if scope != wanted {
        return Err(format!("its scope is {scope}, not {wanted}"));
    }
    in_time(date, read("X-Amz-Expires")?, expected.now)?;

    let key = expected
        .keys
        .get(key_id)
        .ok_or_else(|| format!("the access key {key_id} is unknown"))?;
    if let Some(session_token) = &key.session_token
        && read("X-Amz-Security-Token")? != session_token
    {
        return Err("its session token is not the key's".to_owned());
    }
    let to_sign = string_to_sign(server, &parameters, date, scope);
    let signing_key = signing_key(&key.secret, day, expected.region);
    let given = hex::decode(signature).unwrap_or_default();
    mac(&signing_key, to_sign.as_bytes())
        .verify_slice(&given)
        .map_err(|_| "its signature is wrong".to_owned())
}

fn take(parameters: &mut Vec<(String, String)>, name: &str) -> Result<String, String> {
    let place = parameters.iter().position(|(key, _)| key == name);
    let place = place.ok_or_else(|| format!("{name} is missing"))?;
    Ok(parameters.remove(place).1)
}

fn in_time(date: &str, expires: &str, now: Timestamp) -> Result<(), String> {
    let signed = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", date)
        .and_then(|it| it.to_zoned(jiff::tz::TimeZone::UTC))
        .map_err(|error| format!("X-Amz-Date is {date}: {error}"))?
        .timestamp();
    let life: i64 = expires
        .parse()
        .map_err(|_| format!("X-Amz-Expires is {expires}"))?;
    if !(1..=LIFE).contains(&life) {
        return Err(format!("X-Amz-Expires is {life}, and {LIFE} is the most"));
    }
    if signed > now + SKEW {
        return Err(format!("it is from the future: {signed}, and it is {now}"));
    }
    if now > signed + SignedDuration::from_secs(life) {
        return Err(format!(
            "it has expired: it is from {signed}, and it is {now}"
        ));
    }
    Ok(())
}

fn string_to_sign(
    server: &str,
    parameters: &[(String, String)],
    date: &str,
    scope: &str,
) -> String {
    let mut query: Vec<_> = parameters
        .iter()
        .map(|(name, value)| (encode(name), encode(value)))
        .collect();
    query.sort();
    let query: Vec<String> = query
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let body = hex::encode(Sha256::digest(b""));
    let request = format!("GET\n/\n{}\nhost:{server}\n\nhost\n{body}", query.join("&"));
    let request = hex::encode(Sha256::digest(request));
    format!("{ALGORITHM}\n{date}\n{scope}\n{request}")
}

/// Everything but the unreserved characters of RFC 3986.
fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            encoded.push('%');
            encoded.push_str(&hex::encode_upper([byte]));
        }
    }
    encoded
}

fn signing_key(secret: &str, day: &str, region: &str) -> Vec<u8> {
    let first = format!("AWS4{secret}").into_bytes();
    [day, region, "rds-db", "aws4_request"]
        .iter()
        .fold(first, |key, part| {
            mac(&key, part.as_bytes()).finalize().into_bytes().to_vec()
        })
}

fn mac(key: &[u8], data: &[u8]) -> Hmac<Sha256> {
    // A key of any length is a key.
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&[0; 64].into()));
    mac.update(data);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A token as the signer in `aws-sdk-rds` makes it: the example of its own tests.
    const TOKEN: &str = "prod-instance.us-east-1.rds.amazonaws.com:3306/?Action=connect&DBUser=peccy\
        &X-Amz-Algorithm=AWS4-HMAC-SHA256\
        &X-Amz-Credential=akid%2F20240826%2Fus-east-1%2Frds-db%2Faws4_request\
        &X-Amz-Date=20240826T220000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host\
        &X-Amz-Signature=dd0cba843009474347af724090233265628ace491ea17ce3eb3da098b983ad89";

    fn judge(token: &str, user: &str, now: &str) -> Result<(), String> {
        let key = AccessKey {
            secret: "secret".to_owned(),
            session_token: None,
        };
        let expected = Expected {
            server: "prod-instance.us-east-1.rds.amazonaws.com:3306".to_owned(),
            region: "us-east-1",
            user,
            now: now.parse().unwrap(),
            keys: &BTreeMap::from([("akid".to_owned(), key)]),
        };
        check(token, &expected)
    }

    #[test]
    fn takes_a_good_token_for_a_quarter_of_an_hour() {
        assert_eq!(judge(TOKEN, "peccy", "2024-08-26T22:00:00Z"), Ok(()));
        assert_eq!(judge(TOKEN, "peccy", "2024-08-26T22:15:00Z"), Ok(()));
        let late = judge(TOKEN, "peccy", "2024-08-26T22:15:01Z").unwrap_err();
        assert!(late.starts_with("it has expired"), "{late}");
        let early = judge(TOKEN, "peccy", "2024-08-26T21:54:59Z").unwrap_err();
        assert!(early.starts_with("it is from the future"), "{early}");
    }

    #[test]
    fn refuses_what_was_tampered_with() {
        let now = "2024-08-26T22:01:00Z";
        let wrong = |from: &str, to: &str, user: &str| {
            let token = TOKEN.replace(from, to);
            assert_ne!(token, TOKEN);
            judge(&token, user, now).unwrap_err()
        };
        assert_eq!(wrong("peccy", "root", "root"), "its signature is wrong");
        assert_eq!(
            wrong("Expires=900", "Expires=800", "peccy"),
            "its signature is wrong"
        );
        assert_eq!(wrong("ad89", "ad88", "peccy"), "its signature is wrong");
        let table = [
            ("Expires=900", "Expires=3600", "X-Amz-Expires is 3600"),
            ("akid", "other", "the access key other is unknown"),
            ("3306", "5432", "it is for prod-instance"),
            ("rds-db", "s3", "its scope is"),
            ("us-east-1%2F", "eu-west-1%2F", "its scope is"),
            ("Action=connect", "Action=look", "Action is look"),
            ("&X-Amz-Date=20240826T220000Z", "", "X-Amz-Date is missing"),
            ("/?", "", "it is no URL"),
        ];
        for (from, to, reason) in table {
            let said = wrong(from, to, "peccy");
            assert!(said.starts_with(reason), "{said}");
        }
        let other = judge(TOKEN, "asha", now).unwrap_err();
        assert_eq!(other, "DBUser is peccy, not asha");
    }
}
