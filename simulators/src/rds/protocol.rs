//! The start of PostgreSQL's protocol, from the server's side.
//!
//! <https://www.postgresql.org/docs/current/protocol-message-formats.html>

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

const VERSION_3: i32 = 3 << 16;
const SSL_REQUEST: i32 = 80_877_103;
const CANCEL_REQUEST: i32 = 80_877_102;
const GSS_REQUEST: i32 = 80_877_104;
/// PostgreSQL takes no start message that is longer.
const LONGEST_START: usize = 10_000;
/// A token with a session token is some 2 kB.
const LONGEST_PASSWORD: usize = 65_536;

/// What a connection begins with.
#[derive(Debug)]
pub(super) enum First {
    /// May we encrypt?
    Tls,
    /// May we encrypt by Kerberos?
    Gss,
    /// Somebody's query shall stop: the message as it came.
    Cancel(Vec<u8>),
    Start(Start),
}

/// Who wants to go where.
#[derive(Debug)]
pub(super) struct Start {
    parameters: Vec<(String, String)>,
}

impl Start {
    pub fn user(&self) -> &str {
        self.parameter("user").unwrap_or_default()
    }

    /// The user's name, where no database is named.
    pub fn database(&self) -> &str {
        self.parameter("database").unwrap_or_else(|| self.user())
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The message that goes on to PostgreSQL: the same, but as another role.
    pub fn message_as(&self, role: &str) -> Vec<u8> {
        let mut body = VERSION_3.to_be_bytes().to_vec();
        let mut say = |name: &str, value: &str| {
            for text in [name, value] {
                body.extend(text.as_bytes());
                body.push(0);
            }
        };
        say("user", role);
        say("database", self.database());
        for (name, value) in &self.parameters {
            if name != "user" && name != "database" {
                say(name, value);
            }
        }
        body.push(0);
        [length(body.len()).to_vec(), body].concat()
    }
}

/// Reads the first message. Messages before the start have no type, only a length.
pub(super) async fn first(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<First> {
    let body = body(stream, LONGEST_START).await?;
    let (code, rest) = body
        .split_first_chunk::<4>()
        .ok_or(io::ErrorKind::InvalidData)?;
    match i32::from_be_bytes(*code) {
        SSL_REQUEST => Ok(First::Tls),
        GSS_REQUEST => Ok(First::Gss),
        CANCEL_REQUEST => Ok(First::Cancel([length(body.len()).to_vec(), body].concat())),
        version if version & !0xffff == VERSION_3 => {
            let mut texts = rest.split(|byte| *byte == 0);
            let mut text = || texts.next().map(String::from_utf8_lossy);
            let mut parameters = Vec::new();
            while let (Some(name), Some(value)) = (text(), text()) {
                if name.is_empty() {
                    break;
                }
                parameters.push((name.into_owned(), value.into_owned()));
            }
            Ok(First::Start(Start { parameters }))
        }
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Asks for the password in the clear, as RDS does for IAM tokens, and reads it.
pub(super) async fn password<S>(stream: &mut S) -> io::Result<String>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    say(stream, b'R', &3_i32.to_be_bytes()).await?;
    if stream.read_u8().await? != b'p' {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut body = body(stream, LONGEST_PASSWORD).await?;
    body.pop_if(|byte| *byte == 0);
    String::from_utf8(body).map_err(io::Error::other)
}

/// `AuthenticationOk`
pub(super) async fn welcome(stream: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
    say(stream, b'R', &0_i32.to_be_bytes()).await
}

/// Refuses the connection.
pub(super) async fn refuse(
    stream: &mut (impl AsyncWrite + Unpin),
    code: &str,
    message: &str,
) -> io::Result<()> {
    let fields = [('S', "FATAL"), ('V', "FATAL"), ('C', code), ('M', message)];
    let mut body = Vec::new();
    for (field, text) in fields {
        body.extend(format!("{field}{text}\0").as_bytes());
    }
    body.push(0);
    say(stream, b'E', &body).await?;
    stream.shutdown().await
}

/// Reads PostgreSQL's answer to a start message: its type, and the whole of it.
pub(super) async fn answer(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<(u8, Vec<u8>)> {
    let kind = stream.read_u8().await?;
    Ok((kind, body(stream, LONGEST_PASSWORD).await?))
}

/// Writes a message of a type.
pub(super) async fn say(
    stream: &mut (impl AsyncWrite + Unpin),
    kind: u8,
    body: &[u8],
) -> io::Result<()> {
    let message = [&[kind], &length(body.len())[..], body].concat();
    stream.write_all(&message).await?;
    stream.flush().await
}

async fn body(stream: &mut (impl AsyncRead + Unpin), longest: usize) -> io::Result<Vec<u8>> {
    let length = usize::try_from(stream.read_i32().await?).unwrap_or_default();
    let length = length
        .checked_sub(4)
        .filter(|length| *length <= longest)
        .ok_or(io::ErrorKind::InvalidData)?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(body)
}

/// The length field of a message, which counts itself.
fn length(body: usize) -> [u8; 4] {
    u32::try_from(body + 4).unwrap_or(u32::MAX).to_be_bytes()
}
