//! Slack's request signatures, version 0.
//! <https://docs.slack.dev/authentication/verifying-requests-from-slack>

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

/// A request older or newer than this is refused, in seconds.
const WINDOW: i64 = 5 * 60;

/// Why a request is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// `X-Slack-Signature` or `X-Slack-Request-Timestamp` is not there or unreadable.
    #[error("the request is not signed")]
    NotSigned,
    /// The timestamp is more than five minutes away.
    #[error("the request's timestamp is more than 5 minutes off")]
    TooOld,
    /// The signature is not made with our secret over this body.
    #[error("the request's signature is wrong")]
    WrongSignature,
}

/// Checks that Slack signed exactly this body, lately. The comparison takes the same time
/// wherever the first difference is.
pub fn verify(
    secret: &str,
    now: Timestamp,
    timestamp: Option<&str>,
    signature: Option<&str>,
    body: &[u8],
) -> Result<(), Refused> {
    let (timestamp, signature) = timestamp.zip(signature).ok_or(Refused::NotSigned)?;
    let sent: i64 = timestamp.parse().map_err(|_| Refused::NotSigned)?;
    if now.as_second().abs_diff(sent) > WINDOW.unsigned_abs() {
        return Err(Refused::TooOld);
    }
    let given = signature
        .strip_prefix("v0=")
        .and_then(|digits| hex::decode(digits).ok())
        .ok_or(Refused::WrongSignature)?;
    mac(secret, timestamp, body)
        .verify_slice(&given)
        .map_err(|_| Refused::WrongSignature)
}

fn mac(secret: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
    // HMAC takes keys of any length, so this cannot fail.
    #[allow(clippy::expect_used)]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .expect("HMAC accepts a key of any length");
    mac.update(b"v0:");
    mac.update(timestamp.as_bytes());
    mac.update(b":");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example of Slack's documentation.
    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const SENT: &str = "1531420618";
    const BODY: &[u8] = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn slacks_own_example_is_accepted_within_five_minutes() {
        for second in [1_531_420_618 - 300, 1_531_420_618, 1_531_420_618 + 300] {
            assert_eq!(
                verify(SECRET, at(second), Some(SENT), Some(SIGNATURE), BODY),
                Ok(())
            );
        }
        for second in [1_531_420_618 - 301, 1_531_420_618 + 301] {
            assert_eq!(
                verify(SECRET, at(second), Some(SENT), Some(SIGNATURE), BODY),
                Err(Refused::TooOld)
            );
        }
    }

    #[test]
    fn what_was_changed_or_left_out_is_refused() {
        let now = at(1_531_420_618);
        let check = |secret, sent, signature, body| verify(secret, now, sent, signature, body);
        assert_eq!(
            check(SECRET, None, Some(SIGNATURE), BODY),
            Err(Refused::NotSigned)
        );
        assert_eq!(
            check(SECRET, Some(SENT), None, BODY),
            Err(Refused::NotSigned)
        );
        assert_eq!(
            check(SECRET, Some("now"), Some(SIGNATURE), BODY),
            Err(Refused::NotSigned)
        );
        assert_eq!(
            check("another", Some(SENT), Some(SIGNATURE), BODY),
            Err(Refused::WrongSignature)
        );
        assert_eq!(
            check(SECRET, Some(SENT), Some(SIGNATURE), &BODY[1..]),
            Err(Refused::WrongSignature)
        );
        assert_eq!(
            check(SECRET, Some(SENT), Some(&SIGNATURE[..60]), BODY),
            Err(Refused::WrongSignature)
        );
        assert_eq!(
            check(SECRET, Some(SENT), Some(&SIGNATURE[3..]), BODY),
            Err(Refused::WrongSignature)
        );
        assert_eq!(
            check(SECRET, Some("1531420619"), Some(SIGNATURE), BODY),
            Err(Refused::WrongSignature)
        );
        assert_eq!(
            check(SECRET, Some("-9223372036854775808"), Some(SIGNATURE), BODY),
            Err(Refused::TooOld)
        );
    }
}
